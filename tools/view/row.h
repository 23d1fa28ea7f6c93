/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cells of one text row, and what gives way when they do not fit: pure,
 * no terminal, no file.
 */
#ifndef ROW_H
#define ROW_H

#include "view/columns.h"

struct cell {
	const char *colour;
	bool is_right, can_cut;
	unsigned width;	 /* of its column */
	unsigned len;	 /* of the text */
	unsigned pad;	 /* blanks, in front or behind */
	unsigned nr_cut; /* bytes of the text that are not shown */
	char text[CELL_SIZE];
};

struct row {
	struct cell cells[MAX_CELLS];
	unsigned nr;
	unsigned nr_first; /* cells in front of a break, 0: none */
	unsigned width;	   /* of all columns and a blank between them */
};

/* Enough for any row_put(): texts, colours, and an indent. */
#define ROW_SIZE (MAX_CELLS * (CELL_SIZE + 16) + 256)

/* The header's cells, by the schema of V and the user's own fields. */
void row_fill_titles(struct row *row, const struct view *v);

/* The cells of REC by the schema of V. */
void row_fill(struct row *row, struct view *v, const struct record *rec);

/*
 * ROW in at most LIMIT columns (UINT_MAX: in one line, however long), but
 * never squeezed below the width of its columns, without a newline at the end
 * and without trailing blanks. A cell longer than its column pushes the others
 * to the right until their padding has made up for it. In a row too long, in
 * this order: the last cell is cut down to its column, padding is given up,
 * the row is broken in two lines where CAN_BREAK, and the cells that can be
 * cut are cut, the last first, a '~' in place of what is missing.
 */
void row_put(struct buf *b, struct row *row, unsigned limit, bool can_break);

/*
 * The padding of a cell with LEN of WIDTH columns: what is too long for its
 * own is a *DEBT that the padding of those behind it makes up for.
 */
unsigned row_padding(unsigned width, unsigned len, unsigned *debt);

/*
 * What row_fill() and row_put() write, only faster, where nothing
 * gives way, has a colour or is the user's own; else false, and nothing is
 * written. B has ROW_SIZE bytes.
 */
bool row_put_at_once(struct buf *b, struct view *v, const struct record *rec);

#endif
