/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fields that rows are made of. A schema (view.h) puts them in the order
 * of the JSON keys; the cells of a text row are those with a title, in the
 * same order.
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
 *		"rx_bytes", COLUMN_RIGHT("RX", 8), .number = number_rx_bytes};
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

enum column_place {
	PLACE_CELL,   /* a cell of the text row */
	PLACE_JOINED, /* continues the cell before: ":80" */
	PLACE_WORD,   /* KEY=VALUE behind the row, with want_all */
};

struct column {
	const char *key;   /* of the JSON, plain ASCII, at most 31 bytes */
	const char *title; /* of the cell */
	enum column_place place;
	unsigned char width; /* nominal, of the cell */
	bool is_right;	     /* numbers */
	bool can_cut;	     /* gives way in a row too long, the last first */
	bool can_break;	     /* a long row goes on here, on a line of its own */

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

	/* An escape sequence, or NULL for the terminal's own colour. */
	const char *(*colour)(const struct record *rec);
};

#define COLUMN_LEFT(title_, width_) \
	.place = PLACE_CELL, .title = title_, .width = width_
#define COLUMN_RIGHT(title_, width_) \
	COLUMN_LEFT(title_, width_), .is_right = true
#define COLUMN_JOINED .place = PLACE_JOINED
#define COLUMN_WORD .place = PLACE_WORD

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

/* Of the packet, packet.c. */
extern const struct column column_ts, column_hook, column_ifname, column_dir,
	column_ip, column_saddr, column_sport, column_daddr, column_dport,
	column_flags, column_seq, column_ack, column_win, column_len,
	column_wirelen, column_ttl, column_vlan, column_mss, column_ifname_word,
	column_seq_word, column_ack_word, column_win_word;

/* Of its owner, owner.c. column_comm is the PROC cell. */
extern const struct column column_pid, column_comm, column_uid, column_netns,
	column_reason, column_cgroup, column_owner;

/* What the view shows: its schema, or one of packets. */
const struct schema *view_schema(const struct view *v);

static inline bool column_has(const struct column *c, const struct record *rec)
{
	return !c->has || c->has(rec);
}

/* S, a byte a column: nothing in it may move the cursor. JSON has it all. */
void column_put_clean(struct buf *b, const char *s);

/* The value alone, as text; columns without has() always write something. */
void column_text(const struct column *c, struct view *v,
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
