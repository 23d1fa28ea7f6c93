// SPDX-License-Identifier: GPL-2.0
#include "view/row.h"

#include <ctype.h>

#include "view/cvalue.h"

static struct buf cell_buf(struct cell *cell)
{
	return (struct buf){cell->text + cell->len, cell->text + CELL_SIZE};
}

static void cell_end(struct cell *cell, const struct buf *b)
{
	cell->len = b->pos - cell->text;
	if (cell->len == CELL_SIZE)
		cell->text[CELL_SIZE - 1] = '~';
}

static struct cell *row_add(struct row *row, const struct column *c,
			    unsigned width)
{
	struct cell *cell = &row->cells[row->nr];

	if (c->can_break)
		row->nr_first = row->nr;
	/* One by one: the text need not be zeroed. */
	cell->is_right = c->is_right;
	cell->can_cut = c->can_cut;
	cell->width = width;
	cell->colour = NULL;
	cell->len = cell->pad = cell->nr_cut = 0;
	row->width += cell->width + (row->nr > 0);
	row->nr++;
	return cell;
}

/* The cell of a field of the user's own, in what room there is. */
static struct cell *row_add_own(struct row *row, const struct cfield *f)
{
	const struct column c = {.is_right = !f->nr && !f->is_addr};
	size_t len = strlen(f->name);

	return row_add(row, &c, len > 8 ? len : 8);
}

/* F and those behind it: the first that is to be shown, or NULL. */
static const struct cfield *own_next(const struct row *row,
				     const struct ctype *own,
				     const struct cfield *f)
{
	for (; own && f < own->f + own->nr; f++)
		if (!f->is_padding)
			return row->nr < MAX_CELLS ? f : NULL;
	return NULL;
}

static void row_fill_own_titles(struct row *row, const struct ctype *own)
{
	const struct cfield *f = own ? own->f : NULL;
	struct cell *cell;
	struct buf b;
	const char *p;

	for (; (f = own_next(row, own, f)); f++) {
		cell = row_add_own(row, f);
		b = cell_buf(cell);
		for (p = f->name; *p; p++)
			buf_chr(&b, toupper((unsigned char)*p));
		cell_end(cell, &b);
	}
}

static void row_fill_own(struct row *row, const struct ctype *own,
			 const struct record *rec)
{
	const struct cfield *f = own ? own->f : NULL;
	struct cell *cell;
	struct buf b;

	for (; (f = own_next(row, own, f)); f++) {
		cell = row_add_own(row, f);
		b = cell_buf(cell);
		cfield_text(&b, f, rec->own, rec->own_size);
		cell_end(cell, &b);
	}
}

void row_fill_titles(struct row *row, const struct view *v)
{
	const struct field *f;
	struct cell *cell;
	struct buf b;

	row->nr = row->nr_first = row->width = 0;
	for (f = v->schema->fields; f->column && row->nr < MAX_CELLS; f++) {
		if (f->place != PLACE_CELL)
			continue;
		cell = row_add(row, f->column, f->width);
		b = cell_buf(cell);
		buf_str(&b, f->column->title);
		cell_end(cell, &b);
	}
	row_fill_own_titles(row, v->own);
}

void row_fill(struct row *row, struct view *v, const struct record *rec)
{
	const struct column *c;
	const struct field *f;
	struct cell *cell = NULL;
	struct buf b;

	row->nr = row->nr_first = row->width = 0;
	for (f = v->schema->fields; (c = f->column); f++) {
		if (f->place == PLACE_WORD)
			continue;
		if (f->place == PLACE_CELL && row->nr < MAX_CELLS)
			cell = row_add(row, c, f->width);
		if (!cell || !column_has(c, rec))
			continue;
		b = cell_buf(cell);
		column_cell(c, v, rec, &b);
		cell_end(cell, &b);
		if (c->colour && v->opts.want_colour)
			cell->colour = c->colour(rec);
	}
	if (rec->own)
		row_fill_own(row, v->own, rec);
}

unsigned row_padding(unsigned width, unsigned len, unsigned *debt)
{
	unsigned slack, paid;

	if (len > width) {
		*debt += len - width;
		return 0;
	}
	slack = width - len;
	paid = slack < *debt ? slack : *debt;
	*debt -= paid;
	return slack - paid;
}

/* Returns the columns that the cells take. */
static unsigned lay_out(struct cell *cell, unsigned nr)
{
	unsigned debt = 0, width = nr - 1;

	for (; nr--; cell++) {
		width += cell->width;
		cell->nr_cut = 0;
		cell->pad = row_padding(cell->width, cell->len, &debt);
	}
	return width + debt;
}

/* What is left of EXCESS when the cells gave their padding, last first. */
static unsigned squeeze(struct cell *cells, unsigned nr, unsigned excess)
{
	struct cell *cell = cells + nr;
	unsigned paid;

	while (excess && cell-- > cells) {
		paid = cell->pad < excess ? cell->pad : excess;
		cell->pad -= paid;
		excess -= paid;
	}
	return excess;
}

/* What is left of EXCESS when CELL was cut, but not below KEEP bytes. */
static unsigned cut(struct cell *cell, unsigned keep, unsigned excess)
{
	unsigned len = cell->len - cell->nr_cut;
	unsigned spare = cell->can_cut && len > keep ? len - keep : 0;
	unsigned nr = spare < excess ? spare : excess;

	cell->nr_cut += nr;
	return excess - nr;
}

/* Make room for EXCESS columns; what could not be made room for. */
static unsigned fit(struct cell *cells, unsigned nr, unsigned excess)
{
	struct cell *last = &cells[nr - 1];

	excess = cut(last, last->width, excess);
	return squeeze(cells, nr, excess);
}

/* The same, at the cost of names. */
static void cut_names(struct cell *cells, unsigned nr, unsigned excess)
{
	struct cell *last = &cells[nr - 1], *cell = cells + nr;

	while (excess && cell-- > cells) {
		excess = cut(cell, 0, excess);
		if (cell == last && cell->nr_cut == cell->len && excess)
			excess--; /* the blank in front of it */
	}
}

static unsigned over(unsigned width, unsigned limit)
{
	return width > limit ? width - limit : 0;
}

/* LEN bytes of a cell's text: all of it is copied where there is room. */
static void put_text(struct buf *b, const char *text, unsigned len)
{
	if (buf_room(b, CELL_SIZE) < CELL_SIZE) {
		buf_mem(b, text, len);
		return;
	}
	memcpy(b->pos, text, CELL_SIZE);
	b->pos += len;
}

static void put_cell(struct buf *b, const struct cell *cell, bool is_last)
{
	unsigned len = cell->len - cell->nr_cut;
	bool is_cut = cell->nr_cut && len;

	if (cell->is_right)
		buf_pad(b, cell->pad);
	if (cell->colour)
		buf_str(b, cell->colour);
	put_text(b, cell->text, len - is_cut);
	if (is_cut)
		buf_chr(b, '~');
	if (cell->colour)
		buf_str(b, COLOUR_END);
	if (!cell->is_right && !is_last)
		buf_pad(b, cell->pad);
}

static void put_cells(struct buf *b, const struct cell *cells, unsigned nr)
{
	unsigned i;

	while (nr && cells[nr - 1].len == cells[nr - 1].nr_cut)
		nr--;
	for (i = 0; i < nr; i++) {
		if (i)
			buf_chr(b, ' ');
		put_cell(b, &cells[i], i == nr - 1);
	}
}

/*
 * Two lines: the first cell behind the break comes under the one in front of
 * it and has the room of both; the others are in their own columns again.
 */
static void put_broken(struct buf *b, struct row *row, unsigned limit)
{
	unsigned above = row->nr_first - 1, nr_rest = row->nr - row->nr_first;
	struct cell *rest = row->cells + row->nr_first;
	unsigned i, indent = 0, excess;

	for (i = 0; i < above; i++)
		indent += row->cells[i].width + 1;
	lay_out(row->cells, row->nr_first); /* undo the squeeze */
	rest->width += row->cells[above].width + 1;
	excess = over(lay_out(rest, nr_rest), limit - indent);
	cut_names(rest, nr_rest, fit(rest, nr_rest, excess));
	put_cells(b, row->cells, row->nr_first);
	buf_chr(b, '\n');
	buf_pad(b, indent);
	put_cells(b, rest, nr_rest);
}

void row_put(struct buf *b, struct row *row, unsigned limit, bool can_break)
{
	unsigned excess;

	while (row->nr > 1 && !row->cells[row->nr - 1].len)
		row->nr--;
	excess = over(lay_out(row->cells, row->nr), limit);
	excess = fit(row->cells, row->nr, excess);
	if (excess && can_break && row->nr_first) {
		put_broken(b, row, limit);
		return;
	}
	cut_names(row->cells, row->nr, excess);
	put_cells(b, row->cells, row->nr);
}
