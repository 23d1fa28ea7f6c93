// SPDX-License-Identifier: GPL-2.0
/* libbcc's JSON for the types of keys and values. */
#include "view/ctype.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/ctype_layout.h"

#define DEPTH 16

struct parser {
	const char *p;
	struct ctype *t;
	int depth;
};

/* A type: a number's, or a record whose fields are t->f[first] to the last,
 * at offsets within it. */
struct type {
	struct cfield f; /* kind and size, of a number */
	bool is_record;
	size_t size, align;
	size_t first;
};

static bool record_parse(struct parser *ps, struct type *type);

static bool take(struct parser *ps, char c)
{
	ps->p += strspn(ps->p, " \t\n");
	if (*ps->p != c)
		return false;
	ps->p++;
	return true;
}

static bool is_next(struct parser *ps, char c)
{
	ps->p += strspn(ps->p, " \t\n");
	return *ps->p == c;
}

/* "..." without escapes: names and types have none. */
static bool string_parse(struct parser *ps, const char **s, size_t *len)
{
	if (!take(ps, '"'))
		return false;
	*s = ps->p;
	*len = strcspn(ps->p, "\"\\");
	ps->p += *len;
	return take(ps, '"');
}

static bool number_parse(struct parser *ps, size_t *n)
{
	char *end;

	ps->p += strspn(ps->p, " \t\n");
	if (*ps->p < '0' || *ps->p > '9')
		return false;
	*n = strtoul(ps->p, &end, 10);
	ps->p = end;
	return *n && *n <= CTYPE_SIZE_MAX;
}

/* "[16]" or "[2, 3]": how many elements. */
static bool dims_parse(struct parser *ps, size_t *nr)
{
	size_t n;

	*nr = 1;
	if (!take(ps, '['))
		return false;
	do {
		if (!number_parse(ps, &n) || *nr > CTYPE_SIZE_MAX / n)
			return false;
		*nr *= n;
	} while (take(ps, ','));
	return take(ps, ']');
}

/* "int", or a record. */
static bool type_parse(struct parser *ps, struct type *type)
{
	const char *s;
	size_t len;

	*type = (struct type){.first = ps->t->nr};
	if (is_next(ps, '['))
		return take(ps, '[') && record_parse(ps, type) && take(ps, ']');
	if (!string_parse(ps, &s, &len) || !ctype_scalar(&type->f, s, len))
		return false;
	type->size = type->align = type->f.size;
	return true;
}

/* Fields FIRST to the last, found at offsets within their record: put them
 * where it is, with its name in front. */
static void fields_move(struct ctype *t, size_t first, size_t offset,
			const char *name)
{
	char joined[2 * CTYPE_NAME];
	struct cfield *f;

	for (f = &t->f[first]; f < &t->f[t->nr]; f++) {
		f->offset += offset;
		if (!*name)
			continue;
		snprintf(joined, sizeof(joined), "%s.%s", name, f->name);
		snprintf(f->name, sizeof(f->name), "%.*s", CTYPE_NAME - 1,
			 joined);
		ctype_mark(f);
	}
}

/* A record as a field: its own fields; of an array of them, only bytes. */
static bool record_add(struct ctype_layout *l, const struct type *type,
		       const char *name, size_t nr)
{
	size_t size = type->size * (nr ?: 1);
	long at;

	if (nr && type->size > CTYPE_SIZE_MAX / nr)
		return false;
	at = ctype_layout_place(l, size, type->align);
	if (at < 0)
		return false;
	if (!nr) {
		fields_move(l->t, type->first, at, name);
		return true;
	}
	l->t->nr = type->first;
	if (l->t->nr == CTYPE_FIELDS)
		return false;
	l->t->f[l->t->nr] = (struct cfield){
		.kind = CFIELD_BYTES, .offset = at, .size = size};
	snprintf(l->t->f[l->t->nr++].name, CTYPE_NAME, "%s", name);
	return true;
}

static bool member_add(struct ctype_layout *l, struct type *type,
		       const char *name, size_t nr, size_t nr_bits)
{
	struct cfield f = type->f;

	if (type->is_record)
		return !nr_bits && record_add(l, type, name, nr);
	snprintf(f.name, sizeof(f.name), "%s", name);
	f.nr = nr;
	f.nr_bits = nr_bits;
	return ctype_layout_add(l, &f);
}

/* What may follow a member's type: "[16]" or a bit field's width. */
static bool suffix_parse(struct parser *ps, size_t *nr, size_t *nr_bits)
{
	if (!take(ps, ','))
		return true;
	return is_next(ps, '[') ? dims_parse(ps, nr)
				: number_parse(ps, nr_bits) && *nr_bits <= 128;
}

/* An unnamed record's fields stand where another's type is: "", [[...]], ... */
static bool is_unnamed(const struct parser *ps)
{
	const char *p = ps->p + strspn(ps->p, " \t\n");

	if (*p++ != '[')
		return false;
	p += strspn(p, " \t\n");
	return *p == '[' || *p == ']';
}

static bool fields_parse(struct parser *ps, struct type *type);

/* ["pid", "unsigned int"], ["comm", "char", [16]], ["", [...], "union"] */
static bool member_parse(struct parser *ps, struct ctype_layout *l)
{
	size_t nr = 0, nr_bits = 0, len;
	char name[CTYPE_NAME];
	struct type type;
	const char *s;

	if (!take(ps, '[') || !string_parse(ps, &s, &len) || !take(ps, ','))
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)len, s);
	if (is_unnamed(ps)) {
		type = (struct type){.first = ps->t->nr, .is_record = true};
		if (!fields_parse(ps, &type))
			return false;
	} else if (!type_parse(ps, &type) || !suffix_parse(ps, &nr, &nr_bits)) {
		return false;
	}
	return member_add(l, &type, name, nr, nr_bits) && take(ps, ']');
}

/* The kind comes behind the fields that it lays out: look ahead. */
static bool kind_find(const char *p, struct ctype_layout *l)
{
	int depth = 0;
	bool is_string = false;

	for (; *p && (depth || is_string || *p != ','); p++) {
		if (*p == '"')
			is_string = !is_string;
		else if (!is_string)
			depth += (*p == '[') - (*p == ']');
		if (depth < 0)
			return false;
	}
	p += *p == ',';
	p += strspn(p, " \t\n");
	l->is_union = !strncmp(p, "\"union\"", 7);
	l->is_packed = !strncmp(p, "\"struct_packed\"", 15);
	return l->is_union || l->is_packed || !strncmp(p, "\"struct\"", 8);
}

/* [[...], ...], "struct" */
static bool fields_parse(struct parser *ps, struct type *type)
{
	struct ctype_layout l = {.t = ps->t};
	const char *s;
	size_t len;

	if (!is_next(ps, '[') || ++ps->depth > DEPTH || !kind_find(ps->p, &l) ||
	    !take(ps, '['))
		return false;
	while (!is_next(ps, ']')) {
		if (!member_parse(ps, &l))
			return false;
		if (!take(ps, ','))
			break;
	}
	if (!take(ps, ']') || !take(ps, ',') || !string_parse(ps, &s, &len))
		return false;
	ps->depth--;
	ctype_layout_end(&l);
	type->is_record = true;
	type->size = l.size;
	type->align = l.align;
	return true;
}

/* "NAME", [[...], ...], "struct" */
static bool record_parse(struct parser *ps, struct type *type)
{
	const char *s;
	size_t len;

	return string_parse(ps, &s, &len) && take(ps, ',') &&
	       fields_parse(ps, type);
}

static bool whole_parse(struct ctype *t, const char *desc)
{
	struct parser ps = {.p = desc, .t = t};
	struct type type;

	if (!type_parse(&ps, &type) || *ps.p)
		return false;
	t->is_record = type.is_record;
	t->size = type.size;
	t->align = type.align;
	if (!type.is_record)
		t->f[t->nr++] = type.f;
	return t->nr > 0;
}

int ctype_from_json(struct ctype *t, const char *desc, size_t size)
{
	*t = (struct ctype){};
	if (desc && whole_parse(t, desc) && t->size == size)
		return 0;
	*t = (struct ctype){.nr = 1, .size = size, .align = 1};
	t->f[0] = (struct cfield){.kind = CFIELD_BYTES, .size = size};
	return -EINVAL;
}
