// SPDX-License-Identifier: GPL-2.0
#include "view/view.h"

#include <limits.h>

#include "view/columns.h"
#include "view/hexdump.h"

#define MAX_CELLS 10

/* Cells, blanks, colours, and the words of want_all. */
#define ROW_SIZE (MAX_CELLS * (CELL_SIZE + 12) + 256)

struct cell {
	const struct column *column;
	const char *colour;
	unsigned width, len, pad;
	char text[CELL_SIZE];
};

struct row {
	struct cell cells[MAX_CELLS];
	unsigned nr;
	unsigned nr_first; /* cells in front of a break */
};

static struct buf cell_buf(struct cell *cell)
{
	return (struct buf){cell->text + cell->len, cell->text + CELL_SIZE};
}

static struct cell *row_add(struct row *row, const struct column *c)
{
	struct cell *cell = &row->cells[row->nr];

	if (c->can_break)
		row->nr_first = row->nr;
	row->nr++;
	cell->column = c;
	cell->colour = NULL;
	cell->width = c->width;
	cell->len = 0;
	return cell;
}

static void row_fill(struct row *row, struct view *v, const struct record *rec)
{
	const struct column *c;
	struct cell *cell = NULL;
	struct buf b;

	row->nr = 0;
	for (c = columns; c->key; c++) {
		if (c->place == PLACE_WORD)
			continue;
		if (c->place == PLACE_CELL)
			cell = row_add(row, c);
		b = cell_buf(cell);
		column_text(c, v, rec, &b);
		cell->len = b.pos - cell->text;
		if (c->colour && v->opts.want_colour)
			cell->colour = c->colour(rec);
	}
}

/*
 * A cell longer than its column pushes the others to the right, until their
 * padding has made up for it. Returns by how much the last one ends too late.
 */
static unsigned lay_out(struct cell *cell, unsigned nr)
{
	unsigned debt = 0, slack, paid;

	for (; nr--; cell++) {
		cell->pad = 0;
		if (cell->len > cell->width) {
			debt += cell->len - cell->width;
			continue;
		}
		slack = cell->width - cell->len;
		paid = slack < debt ? slack : debt;
		cell->pad = slack - paid;
		debt -= paid;
	}
	return debt;
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

/* Take EXCESS bytes off the cell that can be cut, a '~' in place of them. */
static void row_cut(struct row *row, unsigned excess)
{
	struct cell *cell = row->cells;

	while (!cell->column->can_cut)
		cell++;
	cell->len -= excess < cell->len ? excess : cell->len;
	if (cell->len)
		cell->text[cell->len - 1] = '~';
}

static void put_cell(struct buf *b, const struct cell *cell, bool is_last)
{
	if (cell->column->is_right)
		buf_pad(b, cell->pad);
	if (cell->colour)
		buf_str(b, cell->colour);
	buf_mem(b, cell->text, cell->len);
	if (cell->colour)
		buf_str(b, COLOUR_END);
	if (!cell->column->is_right && !is_last)
		buf_pad(b, cell->pad);
}

static void put_cells(struct buf *b, const struct cell *cells, unsigned nr)
{
	unsigned i;

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
static void put_broken(struct buf *b, struct row *row)
{
	unsigned above = row->nr_first - 1, nr_rest = row->nr - row->nr_first;
	struct cell *rest = row->cells + row->nr_first;
	unsigned i, indent = 0;

	for (i = 0; i < above; i++)
		indent += row->cells[i].width + 1;
	lay_out(row->cells, row->nr_first); /* undo the squeeze */
	rest->width += row->cells[above].width + 1;
	squeeze(rest, nr_rest, lay_out(rest, nr_rest));
	put_cells(b, row->cells, row->nr_first);
	buf_chr(b, '\n');
	buf_pad(b, indent);
	put_cells(b, rest, nr_rest);
}

/* The columns that a row may have beyond ROW_WIDTH. */
static unsigned spare_width(const struct view *v, const struct record *rec)
{
	if (rec->ip == 4)
		return 0;
	if (!v->opts.width)
		return UINT_MAX;
	return v->opts.width > ROW_WIDTH ? v->opts.width - ROW_WIDTH : 0;
}

static void put_row(struct buf *b, struct row *row, unsigned spare, bool is_ip4)
{
	unsigned excess = lay_out(row->cells, row->nr);

	if (excess > spare)
		excess = squeeze(row->cells, row->nr, excess - spare);
	else
		excess = 0;
	if (excess && !is_ip4) {
		put_broken(b, row);
		return;
	}
	if (excess)
		row_cut(row, excess);
	put_cells(b, row->cells, row->nr);
}

static void put_words(struct buf *b, struct view *v, const struct record *rec)
{
	const struct column *c;

	for (c = columns; c->key; c++) {
		if (c->place != PLACE_WORD || !column_has(c, rec))
			continue;
		buf_chr(b, ' ');
		buf_str(b, c->key);
		buf_chr(b, '=');
		column_text(c, v, rec, b);
	}
}

static void text_begin(struct view *v)
{
	char line[ROW_SIZE];
	struct buf b = {line, line + sizeof(line)}, title;
	const struct column *c;
	struct row row = {.nr = 0};
	struct cell *cell;

	for (c = columns; c->key; c++) {
		if (c->place != PLACE_CELL)
			continue;
		cell = row_add(&row, c);
		title = cell_buf(cell);
		buf_str(&title, c->title);
		cell->len = title.pos - cell->text;
	}
	lay_out(row.cells, row.nr);
	if (v->opts.want_colour)
		buf_str(&b, COLOUR_DIM);
	put_cells(&b, row.cells, row.nr);
	if (v->opts.want_colour)
		buf_str(&b, COLOUR_END);
	buf_chr(&b, '\n');
	out_mem(v->out, line, b.pos - line);
	out_commit(v->out);
}

static void text_record(struct view *v, const struct record *rec)
{
	char line[ROW_SIZE];
	struct buf b = {line, line + sizeof(line)};
	struct row row;

	row_fill(&row, v, rec);
	put_row(&b, &row, spare_width(v, rec), rec->ip == 4);
	if (v->opts.want_all)
		put_words(&b, v, rec);
	buf_chr(&b, '\n');
	out_mem(v->out, line, b.pos - line);
	if (v->opts.want_hex && rec->payload)
		hexdump_payload(v->out, rec);
	out_commit(v->out);
}

static void text_end(struct view *v, const struct summary *s)
{
}

const struct view_ops view_text = {
	.name = "text",
	.begin = text_begin,
	.record = text_record,
	.end = text_end,
};
