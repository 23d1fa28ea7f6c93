/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fields that rows are made of. A column says what a field is and how its
 * value is written; a schema lists columns in the order of the JSON keys, and
 * says for each where it stands in a text row and how wide its cell is.
 *
 * A tool with rows of its own starts their struct with a struct record, fills
 * what it knows of it (ts_ns, ip and the addresses at least), and gives that
 * to view_record(); its own columns cast the pointer back:
 *
 *	struct life {
 *		struct record rec;
 *		uint64_t rx_bytes;
 *	};
 *	COLUMN_NUMBER(struct life, rx_bytes)
 *	static const struct column rx_bytes = {
 *		COLUMN_KEY("rx_bytes"), COLUMN_RIGHT("RX"),
 *		.number = number_rx_bytes};
 *
 *	static const struct field fields[] = {
 *		CELL(&column_ts, 12), CELL(&rx_bytes, 8), WORD(&column_ip),
 *		FIELDS_END,
 *	};
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>

#include "view/buf.h"
#include "view/record.h"
#include "view/view.h"

/* The columns that any row may have. */
#define ROW_WIDTH 100

/* The most columns of a schema, and the most cells in a row. */
#define MAX_COLUMNS 64
#define MAX_CELLS 20

/* A longer cell is cut; "[IPv6]:port" has 55 bytes. */
#define CELL_SIZE 64

/* ',"KEY":' and what is copied with it: a key has 31 bytes at most. */
#define COLUMN_PREFIX 40

struct column {
	const char *key; /* of the JSON, plain ASCII */
	/* What stands in front of the value in JSON: ',"KEY":', a copy of the
	 * whole array at a time. */
	char prefix[COLUMN_PREFIX];
	unsigned char prefix_len;
	const char *title; /* of the cell; NULL: it never is one */
	bool is_right;	   /* numbers */
	bool can_cut;	   /* gives way in a row too long, the last first */
	bool can_break;	   /* a long row goes on here, on a line of its own */

	/* NULL: always there. A cell that is not is blank. */
	bool (*has)(const struct record *rec);

	/*
	 * The value where both formats write it plainly, one of the two (a
	 * string is escaped in JSON and cleaned in text)...
	 */
	uint64_t (*number)(const struct record *rec);
	const char *(*string)(const struct record *rec);
	/* ... and what a format writes instead, NULL for the plain value. */
	void (*text)(struct view *v, const struct record *rec, struct buf *b);
	void (*json)(struct view *v, const struct record *rec, struct buf *b);
	/* What a cell writes, where that is less than the text: "-" for no
	 * interface. NULL: the text. */
	void (*cell)(struct view *v, const struct record *rec, struct buf *b);

	/* An escape sequence, or NULL for the terminal's own colour. */
	const char *(*colour)(const struct record *rec);
};

#define COLUMN_KEY(key_) \
	.key = key_,     \
	.prefix = ",\"" key_ "\":", .prefix_len = sizeof(",\"" key_ "\":") - 1
#define COLUMN_LEFT(title_) .title = title_
#define COLUMN_RIGHT(title_) COLUMN_LEFT(title_), .is_right = true

/* number_FIELD() and string_FIELD(), for a TYPE that starts with a record. */
#define COLUMN_NUMBER(type, field)                               \
	static uint64_t number_##field(const struct record *rec) \
	{                                                        \
		return ((const type *)(const void *)rec)->field; \
	}
#define COLUMN_STRING(type, field)                                  \
	static const char *string_##field(const struct record *rec) \
	{                                                           \
		return ((const type *)(const void *)rec)->field;    \
	}

enum field_place {
	PLACE_CELL,   /* a cell of the text row */
	PLACE_JOINED, /* continues the cell before: ":80" */
	PLACE_WORD,   /* KEY=VALUE behind the row, with want_all */
};

/* A column's place in the rows of one schema. */
struct field {
	const struct column *column; /* NULL: the schema ends here */
	enum field_place place;
	unsigned char width; /* of the cell: the sum is ROW_WIDTH at most */
};

#define CELL(column_, width_)               \
	{                                   \
		column_, PLACE_CELL, width_ \
	}
#define JOINED(column_)                  \
	{                                \
		column_, PLACE_JOINED, 0 \
	}
#define WORD(column_)                  \
	{                              \
		column_, PLACE_WORD, 0 \
	}
#define FIELDS_END \
	{          \
	}

/* Of the packet, packet_columns.c. */
extern const struct column column_ts, column_ifname, column_ip, column_saddr,
	column_sport, column_daddr, column_dport, column_flags, column_seq,
	column_ack, column_win, column_len, column_wirelen, column_ttl,
	column_vlan, column_mss, column_reason;

/* Of its owner, owner_columns.c. */
extern const struct column column_pid, column_comm, column_uid, column_netns,
	column_cgroup, column_owner;

static inline bool column_has(const struct column *c, const struct record *rec)
{
	return !c->has || c->has(rec);
}

/* S, a byte a column: nothing in it may move the cursor. JSON has it all. */
void column_put_clean(struct buf *b, const char *s);

/* The value alone, as text; columns without has() always write something. */
void column_text(const struct column *c, struct view *v,
		 const struct record *rec, struct buf *b);

/* The same as a cell has it, or its part of one. */
void column_cell(const struct column *c, struct view *v,
		 const struct record *rec, struct buf *b);

/* The value alone, as JSON. */
void column_json(const struct column *c, struct view *v,
		 const struct record *rec, struct buf *b);

#define COLOUR_DIM "\033[2m"
#define COLOUR_RED "\033[31m"
#define COLOUR_GREEN "\033[32m"
#define COLOUR_YELLOW "\033[33m"
#define COLOUR_END "\033[0m"

#endif
