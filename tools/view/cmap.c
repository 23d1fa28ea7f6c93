// SPDX-License-Identifier: GPL-2.0
#include "view/cmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/ctable.h"
#include "view/cmap_histogram.h"
#include "view/escape.h"

#define LINE (64u << 10)

static struct cvalue key_of(const struct cmap *m, size_t i)
{
	return (struct cvalue){m->key, m->keys + i * m->key_size, m->key_size};
}

static struct cvalue value_of(const struct cmap *m, size_t i)
{
	return (struct cvalue){m->value, m->values + i * m->value_size,
			       m->value_size};
}

static int number_compare(const struct cfield *f, const void *a, const void *b,
			  size_t size)
{
	__int128 x = cfield_number(f, a, size, 0);
	__int128 y = cfield_number(f, b, size, 0);

	return (x > y) - (x < y);
}

/* Is it one number, not to be compared as bytes? */
static bool is_number(const struct ctype *t)
{
	return t->nr == 1 && !t->f[0].nr && t->f[0].kind != CFIELD_BYTES;
}

static int keys_compare(const struct cmap *m, const char *a, const char *b)
{
	const struct ctype *t = m->key;
	size_t i;
	int c = 0;

	for (i = 0; !c && i < t->nr; i++)
		if (!t->f[i].nr && t->f[i].kind != CFIELD_BYTES)
			c = number_compare(&t->f[i], a, b, m->key_size);
		else
			c = memcmp(a + t->f[i].offset, b + t->f[i].offset,
				   cfield_size(&t->f[i]));
	return c;
}

static int entries_compare(const void *a, const void *b, void *arg)
{
	const struct cmap *m = arg;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int c = 0;

	/* A histogram's buckets are told by their keys. */
	if (is_number(m->value) && !m->is_array && m->scale == CMAP_TABLE)
		c = number_compare(
			&m->value->f[0], m->values + i * m->value_size,
			m->values + j * m->value_size, m->value_size);
	return c
		       ?: keys_compare(m, m->keys + i * m->key_size,
				       m->keys + j * m->key_size);
}

size_t *cmap_order(const struct cmap *m)
{
	size_t *order = calloc(m->nr ?: 1, sizeof(*order)), i;

	if (!order)
		return NULL;
	for (i = 0; i < m->nr; i++)
		order[i] = i;
	qsort_r(order, m->nr, sizeof(*order), entries_compare, (void *)m);
	return order;
}

static void table_write(const struct cmap *m, const size_t *order,
			struct out *o)
{
	struct ctable t = {.types = {m->key, m->value},
			   .nr = 2,
			   .names = {"key", "value"},
			   .indent = "  "};
	size_t i;

	ctable_fit_titles(&t);
	for (i = 0; i < m->nr; i++)
		ctable_fit(&t, (struct cvalue[]){key_of(m, i), value_of(m, i)});
	if (m->nr)
		ctable_titles(&t, o);
	for (i = 0; i < m->nr; i++)
		ctable_row(&t, o,
			   (struct cvalue[]){key_of(m, order[i]),
					     value_of(m, order[i])});
}

/* Addresses up to the first that is 0, each with its name. */
static void stack_write(const struct cmap *m, size_t i, struct out *o)
{
	const char *value = m->values + i * m->value_size, *name;
	uint64_t addr;
	size_t at;

	for (at = 0; at + sizeof(addr) <= m->value_size; at += sizeof(addr)) {
		memcpy(&addr, value + at, sizeof(addr));
		if (!addr)
			break;
		name = m->symbol(m->arg, addr);
		out_printf(o, "    %016llx%s%s\n", (unsigned long long)addr,
			   name ? " " : "", name ?: "");
	}
}

static void stacks_write(const struct cmap *m, const size_t *order,
			 struct out *o)
{
	char text[32];
	size_t i;

	for (i = 0; i < m->nr; i++) {
		struct cvalue key = key_of(m, order[i]);
		struct buf b = {text, text + sizeof(text)};

		cvalue_text(&b, &key);
		out_printf(o, "  %.*s:\n", (int)(b.pos - text), text);
		stack_write(m, order[i], o);
	}
}

int cmap_text(const struct cmap *m, struct out *o)
{
	size_t *order;

	if (m->scale != CMAP_TABLE)
		return cmap_histogram_text(m, o);
	order = cmap_order(m);
	if (!order)
		return -ENOMEM;
	out_printf(o, "%s: %zu %s\n", m->name, m->nr,
		   m->nr == 1 ? "entry" : "entries");
	if (m->symbol)
		stacks_write(m, order, o);
	else
		table_write(m, order, o);
	free(order);
	return 0;
}

static void put_stack_json(struct buf *b, const struct cmap *m, size_t i)
{
	const char *value = m->values + i * m->value_size;
	uint64_t addr = 1;
	size_t at;

	buf_chr(b, '[');
	for (at = 0; at + sizeof(addr) <= m->value_size; at += sizeof(addr)) {
		memcpy(&addr, value + at, sizeof(addr));
		if (!addr)
			break;
		if (at)
			buf_chr(b, ',');
		escape_json(b, m->symbol(m->arg, addr) ?: "?");
	}
	buf_chr(b, ']');
}

static void entry_json(const struct cmap *m, size_t i, struct buf *b)
{
	struct cvalue key = key_of(m, i), value = value_of(m, i);

	buf_str(b, "{\"type\":\"map\",\"map\":");
	escape_json(b, m->name);
	buf_str(b, ",\"key\":");
	cvalue_json(b, &key);
	buf_str(b, ",\"value\":");
	if (m->symbol)
		put_stack_json(b, m, i);
	else
		cvalue_json(b, &value);
	buf_str(b, "}\n");
}

int cmap_json(const struct cmap *m, struct out *o)
{
	char line[LINE];
	size_t *order, i;

	if (m->scale != CMAP_TABLE)
		return cmap_histogram_json(m, o);
	order = cmap_order(m);
	for (i = 0; order && i < m->nr; i++) {
		struct buf b = {line, line + LINE};

		entry_json(m, order[i], &b);
		out_mem(o, line, b.pos - line);
		out_commit(o);
	}
	free(order);
	return order ? 0 : -ENOMEM;
}
