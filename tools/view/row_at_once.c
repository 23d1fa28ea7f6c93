// SPDX-License-Identifier: GPL-2.0
#include "view/row.h"

/* A row that is written at once, cell by cell. */
struct line {
	struct buf b;
	char *start; /* of the cell */
	unsigned debt;
	char *end; /* of the last cell that is not empty, and the debt then */
	unsigned end_debt;
};

/*
 * PAD blanks in front of the cell's LEN bytes. A number was just written as one
 * word: to read it as anything else would wait until it has reached memory.
 */
static void line_shift(struct line *l, unsigned len, unsigned pad)
{
	char text[CELL_SIZE];
	uint64_t word;

	if (len <= sizeof(word))
		memcpy(&word, l->start, sizeof(word));
	else
		memcpy(text, l->start, sizeof(text));
	l->b.pos = l->start;
	buf_pad(&l->b, pad);
	if (len <= sizeof(word))
		memcpy(l->b.pos, &word, sizeof(word));
	else
		memcpy(l->b.pos, text, sizeof(text));
	l->b.pos += len;
}

static void line_end(struct line *l, unsigned len)
{
	if (!len)
		return;
	l->end = l->b.pos;
	l->end_debt = l->debt;
}

/* The cell of F has its text. False when that is to be cut. */
static bool line_add(struct line *l, const struct field *f)
{
	unsigned len = l->b.pos - l->start;
	unsigned pad = row_padding(f->width, len, &l->debt);

	if (len >= CELL_SIZE)
		return false;
	if (f->column->is_right) {
		line_shift(l, len, pad);
		line_end(l, len);
	} else {
		line_end(l, len);
		buf_pad(&l->b, pad);
	}
	buf_chr(&l->b, ' ');
	l->start = l->b.pos;
	return true;
}

bool row_put_at_once(struct buf *b, struct view *v, const struct record *rec)
{
	const struct field *f, *cell = NULL;
	struct line l = {.b = *b, .start = b->pos, .end = b->pos};

	if (v->opts.want_colour || rec->own)
		return false;
	for (f = v->schema->fields; f->column; f++) {
		if (f->place == PLACE_CELL) {
			if (cell && !line_add(&l, cell))
				return false;
			cell = f;
		}
		if (f->place != PLACE_WORD && column_has(f->column, rec))
			column_cell(f->column, v, rec, &l.b);
	}
	if (!cell || !line_add(&l, cell) || l.end_debt)
		return false;
	b->pos = l.end;
	return true;
}
