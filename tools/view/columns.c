// SPDX-License-Identifier: GPL-2.0
#include "view/columns.h"

#include "view/escape.h"

void column_put_clean(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_chr(b, *s > ' ' && *s <= '~' ? *s : '?');
}

void column_text(const struct column *c, struct view *v,
		 const struct record *rec, struct buf *b)
{
	if (c->text)
		c->text(v, rec, b);
	else if (c->string)
		column_put_clean(b, c->string(rec));
	else
		buf_u64(b, c->number(rec));
}

void column_cell(const struct column *c, struct view *v,
		 const struct record *rec, struct buf *b)
{
	if (c->cell)
		c->cell(v, rec, b);
	else
		column_text(c, v, rec, b);
}

void column_json(const struct column *c, struct view *v,
		 const struct record *rec, struct buf *b)
{
	if (c->json)
		c->json(v, rec, b);
	else if (c->string)
		escape_json(b, c->string(rec));
	else
		buf_u64(b, c->number(rec));
}
