// SPDX-License-Identifier: GPL-2.0
#include "view/view.h"

#include <limits.h>

#include "view/hexdump.h"
#include "view/row.h"

/* No word is longer: " cgroup=/..." */
#define WORD_SIZE 4200

/* The columns that the row of REC may take, whatever it holds. */
static unsigned row_limit(const struct view *v, const struct row *row,
			  const struct record *rec)
{
	unsigned limit = row->width > ROW_WIDTH ? row->width : ROW_WIDTH;

	if (rec->ip == 4)
		return limit;
	if (!v->opts.width)
		return UINT_MAX;
	return v->opts.width > limit ? v->opts.width : limit;
}

static void put_words(struct view *v, const struct record *rec)
{
	const struct field *f;
	char word[WORD_SIZE];
	struct buf b;

	for (f = v->schema->fields; f->column; f++) {
		if (f->place != PLACE_WORD || !column_has(f->column, rec))
			continue;
		b = (struct buf){word, word + sizeof(word)};
		buf_chr(&b, ' ');
		buf_str(&b, f->column->key);
		buf_chr(&b, '=');
		column_text(f->column, v, rec, &b);
		out_mem(v->out, word, b.pos - word);
	}
}

static void text_begin(struct view *v)
{
	char line[ROW_SIZE];
	struct buf b = {line, line + sizeof(line)};
	struct row row;

	if (v->opts.want_colour)
		buf_str(&b, COLOUR_DIM);
	row_fill_titles(&row, v);
	row_put(&b, &row, UINT_MAX, false);
	if (v->opts.want_colour)
		buf_str(&b, COLOUR_END);
	buf_chr(&b, '\n');
	out_mem(v->out, line, b.pos - line);
	out_commit(v->out);
}

static void put_row(struct buf *b, struct view *v, const struct record *rec)
{
	struct row row;

	row_fill(&row, v, rec);
	row_put(b, &row, row_limit(v, &row, rec), rec->ip == 6);
}

static void text_record(struct view *v, const struct record *rec)
{
	char line[ROW_SIZE];
	struct buf b = {line, line + sizeof(line)};

	if (!row_put_at_once(&b, v, rec))
		put_row(&b, v, rec);
	out_mem(v->out, line, b.pos - line);
	if (v->opts.want_all)
		put_words(v, rec);
	out_chr(v->out, '\n');
	if (v->opts.want_hex && rec->payload)
		hexdump_payload(v->out, rec);
	out_commit(v->out);
}

static void text_end(struct view *v, const struct summary *s)
{
}

const struct view_ops view_text = {
	.name = "text",
	.is_for_people = true,
	.begin = text_begin,
	.record = text_record,
	.end = text_end,
};
