/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one table of fields. Its order is the order of the JSON keys; the cells
 * of a text row are those with a title, in the same order.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <stdbool.h>

#include "view/buf.h"
#include "view/record.h"
#include "view/view.h"

/* The nominal width of a text row: all cells and a blank between them. */
#define ROW_WIDTH 100

/* No cell is longer: "[IPv6]:port" has 55 bytes. */
#define CELL_SIZE 64

enum column_place {
	PLACE_CELL,   /* a cell of the text row */
	PLACE_JOINED, /* continues the cell before: ":80" */
	PLACE_WORD,   /* KEY=VALUE behind the row, with want_all */
};

struct column {
	const char *key;   /* of the JSON; NULL ends the table */
	const char *title; /* of the cell */
	enum column_place place;
	unsigned char width; /* nominal, of the cell */
	bool is_right;	     /* numbers */
	bool can_cut;	     /* the cell that gives way in a row too long */
	bool can_break;	     /* a long row goes on here, on a line of its own */

	/* NULL: always there. */
	bool (*has)(const struct record *rec);

	/* The value where both formats write it plainly, one of the two... */
	uint64_t (*number)(const struct record *rec);
	const char *(*string)(const struct record *rec);
	/* ... and what a format writes instead, NULL for the plain value. */
	void (*text)(struct view *v, const struct record *rec, struct buf *b);
	void (*json)(struct view *v, const struct record *rec, struct buf *b);

	/* An escape sequence, or NULL for the terminal's own colour. */
	const char *(*colour)(const struct record *rec);
};

extern const struct column columns[];

static inline bool column_has(const struct column *c, const struct record *rec)
{
	return !c->has || c->has(rec);
}

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
