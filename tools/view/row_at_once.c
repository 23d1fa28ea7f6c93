// SPDX-License-Identifier: GPL-2.0
#include "view/row.h"

/* A row that is written at once, cell by cell. */
struct line {
	struct buf b;
	char *start; /* of the cell */
	unsigned nr; /* of cells in front of it */
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

/* C's cell has its text. False when that is to be cut. */
static bool line_add(struct line *l, const struct schema *schema,
		     const struct column *c)
{
	unsigned width = schema->widths ? schema->widths[l->nr] : c->width;
	unsigned len = l->b.pos - l->start;
	unsigned pad = row_padding(width, len, &l->debt);

	if (len >= CELL_SIZE)
		return false;
	if (c->is_right) {
		line_shift(l, len, pad);
		line_end(l, len);
	} else {
		line_end(l, len);
		buf_pad(&l->b, pad);
	}
	buf_chr(&l->b, ' ');
	l->start = l->b.pos;
	l->nr++;
	return true;
}

bool row_put_at_once(struct buf *b, struct view *v, const struct record *rec)
{
	const struct schema *schema = view_schema(v);
	const struct column *const *c, *cell = NULL;
	struct line l = {.b = *b, .start = b->pos, .end = b->pos};

	if (v->opts.want_colour || rec->own)
		return false;
	for (c = schema->columns; *c; c++) {
		if ((*c)->place == PLACE_CELL) {
			if (cell && !line_add(&l, schema, cell))
				return false;
			cell = *c;
		}
		if ((*c)->place != PLACE_WORD && column_has(*c, rec))
			column_text(*c, v, rec, &l.b);
	}
	if (!cell || !line_add(&l, schema, cell) || l.end_debt)
		return false;
	b->pos = l.end;
	return true;
}
