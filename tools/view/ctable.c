// SPDX-License-Identifier: GPL-2.0
#include "view/ctable.h"

#include <ctype.h>
#include <stdbool.h>

#define CELL 4096
#define STRING_WIDTH 16 /* of a string, unless measured */

/* Goes through the columns that are shown. */
struct walk {
	const struct ctable *t;
	size_t part, next, column;
	const struct cfield *f;
};

static bool walk_next(struct walk *w)
{
	for (; w->part < w->t->nr; w->part++, w->next = 0)
		while (w->next < w->t->types[w->part]->nr) {
			w->f = &w->t->types[w->part]->f[w->next++];
			w->column++;
			if (!w->f->is_padding)
				return true;
		}
	return false;
}

static size_t *walk_width(const struct walk *w)
{
	return (size_t *)&w->t->widths[w->column - 1];
}

static bool is_right(const struct cfield *f)
{
	return !f->nr && !f->is_addr && f->kind != CFIELD_BYTES;
}

static const char *title_of(const struct walk *w)
{
	return *w->f->name ? w->f->name : w->t->names[w->part] ?: "VALUE";
}

void ctable_fit_titles(struct ctable *t)
{
	struct walk w = {.t = t};

	while (walk_next(&w))
		*walk_width(&w) = strlen(title_of(&w));
}

static size_t type_width(const struct cfield *f)
{
	if (f->is_addr)
		return cfield_size(f) == 4 ? 15 : 39;
	if (f->kind == CFIELD_CHAR && f->nr)
		return f->nr < STRING_WIDTH ? f->nr : STRING_WIDTH;
	if (f->kind == CFIELD_POINTER)
		return 18;
	return f->nr ? 0 : f->size == 8 ? 15 : f->size == 4 ? 8 : 5;
}

void ctable_fit_types(struct ctable *t)
{
	struct walk w = {.t = t};

	ctable_fit_titles(t);
	while (walk_next(&w))
		if (type_width(w.f) > *walk_width(&w))
			*walk_width(&w) = type_width(w.f);
}

void ctable_fit(struct ctable *t, const struct cvalue *values)
{
	struct walk w = {.t = t};
	char cell[CELL];

	while (walk_next(&w)) {
		struct buf b = {cell, cell + sizeof(cell)};
		size_t len;

		cfield_text(&b, w.f, values[w.part].raw, values[w.part].size);
		len = b.pos - cell;
		if (len > *walk_width(&w))
			*walk_width(&w) = len;
	}
}

/* One cell; the last of a row is not padded. */
static void put(struct out *o, const struct walk *w, const char *text,
		size_t len, bool is_first, bool is_last)
{
	size_t width = *walk_width(w), pad = len < width ? width - len : 0;

	if (!is_first)
		out_chr(o, ' ');
	if (is_right(w->f))
		out_pad(o, pad);
	out_mem(o, text, len);
	if (!is_right(w->f) && !is_last)
		out_pad(o, pad);
}

static bool is_last(const struct walk *w)
{
	struct walk ahead = *w;

	return !walk_next(&ahead);
}

void ctable_titles(const struct ctable *t, struct out *o)
{
	struct walk w = {.t = t};
	bool is_first = true;
	char title[CTYPE_NAME];
	size_t i;

	out_str(o, t->indent ?: "");
	for (; walk_next(&w); is_first = false) {
		const char *s = title_of(&w);

		for (i = 0; s[i] && i < sizeof(title); i++)
			title[i] = toupper((unsigned char)s[i]);
		put(o, &w, title, i, is_first, is_last(&w));
	}
	out_chr(o, '\n');
}

void ctable_row(const struct ctable *t, struct out *o,
		const struct cvalue *values)
{
	struct walk w = {.t = t};
	bool is_first = true;
	char cell[CELL];

	out_str(o, t->indent ?: "");
	for (; walk_next(&w); is_first = false) {
		struct buf b = {cell, cell + sizeof(cell)};

		cfield_text(&b, w.f, values[w.part].raw, values[w.part].size);
		put(o, &w, cell, b.pos - cell, is_first, is_last(&w));
	}
	out_chr(o, '\n');
}
