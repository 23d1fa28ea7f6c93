// SPDX-License-Identifier: GPL-2.0
#include "compile/btf_cut.h"

#include <ctype.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compile/btf_raw.h"

/* How much of a type is needed; a word that is only pointed to is declared. */
enum need {
	NEED_NOTHING,
	NEED_DECLARED,
	NEED_DEFINED
};

struct cutter {
	struct btf_raw big;
	uint8_t *need;	/* enum need, by id */
	uint32_t *todo; /* ids whose references are to be followed */
	size_t nr_todo;
	uint8_t *found; /* by slot of the words: uses that are answered */
	const struct ident_set *words;
	enum btf_reach reach;
	uint32_t *new_id; /* by id, 0 for what stays behind */
	struct btf_raw_writer w;
	struct btf_cut *cut;
};

/* Is NAME wanted as one of HOW, and not yet answered? */
static bool match(struct cutter *c, uint32_t name_off, unsigned how)
{
	const char *name = btf_raw_name(&c->big, name_off);
	size_t len = strlen(name);
	struct ident *id;
	uint8_t *found;

	if (!len)
		return false;
	id = ident_find(c->words, name, len, ident_hash(name, len));
	if (!id)
		return false;
	found = &c->found[id - c->words->slot];
	how &= ident_wanted(id) & ~*found;
	*found |= how;
	return how;
}

static bool has_upper(const char *s)
{
	for (; *s; s++)
		if (isupper((unsigned char)*s))
			return true;
	return false;
}

static bool match_enumerators(struct cutter *c, const struct btf_type *t)
{
	size_t step = btf_raw_item_size(t) / sizeof(uint32_t);
	const uint32_t *name_off = (const uint32_t *)(t + 1);
	bool is_wanted = false;

	for (size_t i = 0; i < BTF_INFO_VLEN(t->info); i++, name_off += step)
		if (has_upper(btf_raw_name(&c->big, *name_off)))
			is_wanted |= match(c, *name_off, IDENT_NAME);
	return is_wanted;
}

static bool is_record(const struct btf_type *t)
{
	unsigned kind = BTF_INFO_KIND(t->info);

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

static bool is_definition(const struct btf_type *t, enum need how)
{
	unsigned kind = BTF_INFO_KIND(t->info);

	return kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64 ||
	       kind == BTF_KIND_TYPEDEF ||
	       (is_record(t) && how == NEED_DEFINED);
}

static bool is_root(struct cutter *c, const struct btf_type *t)
{
	bool is_named;

	if (c->reach == BTF_ALL)
		return is_definition(t, NEED_DEFINED);
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_STRUCT:
		return match(c, t->name_off, IDENT_STRUCT);
	case BTF_KIND_UNION:
		return match(c, t->name_off, IDENT_UNION);
	case BTF_KIND_TYPEDEF:
		return match(c, t->name_off, IDENT_NAME);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		is_named = match(c, t->name_off, IDENT_ENUM);
		return match_enumerators(c, t) || is_named;
	}
	return false;
}

/*
 * The rule of btf_dump: a named struct behind a pointer need not be complete,
 * an unnamed one has no other place to be defined.
 */
static int need(struct cutter *c, uint32_t id, enum need how)
{
	const struct btf_type *t;

	if (!id)
		return 0;
	t = btf_raw_type(&c->big, id);
	if (!t)
		return -EBADMSG;
	if (is_record(t) && !*btf_raw_name(&c->big, t->name_off))
		how = NEED_DEFINED;
	if (c->need[id] >= how)
		return 0;
	c->need[id] = how;
	if (!is_record(t) || how == NEED_DEFINED)
		c->todo[c->nr_todo++] = id;
	return 0;
}

/* Types are printed for their roots' sake: a struct behind a pointer is none. */
static int add_root(struct cutter *c, uint32_t id)
{
	struct btf_cut *cut = c->cut;

	if (!(cut->nr_roots & (cut->nr_roots + 1))) {
		size_t max = 2 * (cut->nr_roots + 1);
		uint32_t *more = realloc(cut->roots, max * sizeof(*more));

		if (!more)
			return -ENOMEM;
		cut->roots = more;
	}
	cut->roots[cut->nr_roots++] = id;
	return need(c, id, NEED_DEFINED);
}

struct follow {
	struct cutter *c;
	enum need how;
};

/* Does a text define it for itself? */
static bool is_hidden(struct cutter *c, uint32_t id)
{
	const struct btf_type *t = btf_raw_type(&c->big, id);
	const char *name = t ? btf_raw_name(&c->big, t->name_off) : "";
	size_t len = strlen(name);
	struct ident *tag;

	if (!len || !is_record(t))
		return false;
	tag = ident_find(c->words, name, len, ident_hash(name, len));
	return tag && (tag->hidden & (IDENT_STRUCT | IDENT_UNION));
}

static int follow_ref(void *ctx, const struct btf_type *t, uint32_t *id)
{
	struct follow *f = ctx;
	enum need how = f->how;

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR: /* what is hidden may still be pointed to */
		if (f->c->reach == BTF_NAMED || is_hidden(f->c, *id))
			how = NEED_DECLARED;
		break;
	case BTF_KIND_FUNC_PROTO: /* these lead to half of the kernel */
		if (f->c->reach != BTF_NAMED)
			how = NEED_DECLARED;
		break;
	case BTF_KIND_ARRAY:
		how = NEED_DEFINED;
		break;
	}
	return need(f->c, *id, how);
}

static int need_pointee(struct cutter *c, uint32_t id)
{
	id = btf_raw_record(&c->big, id);
	return !id || c->need[id] == NEED_DEFINED ? 0 : add_root(c, id);
}

/* "sk->net->ns" names neither the type of net nor that it matters. */
static int need_pointees(struct cutter *c, const struct btf_type *t)
{
	const struct btf_member *m = (const struct btf_member *)(t + 1);
	int err = 0;

	for (size_t i = 0; !err && i < BTF_INFO_VLEN(t->info); i++, m++) {
		const char *name = btf_raw_name(&c->big, m->name_off);
		size_t len = strlen(name);
		struct ident *id =
			ident_find(c->words, name, len, ident_hash(name, len));

		if (id && (id->uses & IDENT_DEREF))
			err = need_pointee(c, m->type);
	}
	return err;
}

static int close_over(struct cutter *c)
{
	int err = 0;

	while (!err && c->nr_todo) {
		uint32_t id = c->todo[--c->nr_todo];
		const struct btf_type *t = btf_raw_type(&c->big, id);
		struct follow f = {c, c->need[id]};

		err = btf_raw_refs(t, follow_ref, &f);
		if (!err && is_record(t))
			err = need_pointees(c, t);
	}
	return err;
}

static int find_roots(struct cutter *c)
{
	int err = 0;

	for (uint32_t id = 1; !err && id < c->big.nr; id++)
		if (is_root(c, btf_raw_type(&c->big, id)))
			err = add_root(c, id);
	return err;
}

/* btf_dump only declares what its roots point to: each is a root itself. */
static int root_reached(struct cutter *c)
{
	int err = 0;

	for (uint32_t id = 1; !err && id < c->big.nr; id++) {
		const struct btf_type *t = btf_raw_type(&c->big, id);

		if (c->need[id] && is_definition(t, c->need[id]) &&
		    *btf_raw_name(&c->big, t->name_off))
			err = add_root(c, id);
	}
	return err;
}

static int move_ref(void *ctx, const struct btf_type *t, uint32_t *id)
{
	struct cutter *c = ctx;

	*id = c->new_id[*id];
	return 0;
}

static int move_name(void *ctx, const struct btf_type *t, uint32_t *off)
{
	struct cutter *c = ctx;

	return btf_raw_add_name(&c->w, btf_raw_name(&c->big, *off), off);
}

static int copy_type(struct cutter *c, const struct btf_type *t, enum need how)
{
	struct btf_type *copy;
	int err;

	copy = btf_raw_add_type(&c->w, t);
	if (!copy)
		return -ENOMEM;
	if (is_record(t) && how == NEED_DECLARED) {
		uint32_t is_union = BTF_INFO_KIND(t->info) == BTF_KIND_UNION;

		copy->info = is_union << 31 | BTF_KIND_FWD << 24;
		copy->size = 0;
		btf_raw_truncate(&c->w, copy + 1);
	}
	err = btf_raw_names(copy, move_name, c);
	return err ? err : btf_raw_refs(copy, move_ref, c);
}

static int copy_needed(struct cutter *c)
{
	uint32_t id, nr = 0;
	int err = 0;

	for (id = 1; id < c->big.nr; id++)
		if (c->need[id])
			c->new_id[id] = ++nr;
	for (id = 1; !err && id < c->big.nr; id++) {
		const struct btf_type *t;

		if (!c->need[id])
			continue;
		t = btf_raw_type(&c->big, id);
		c->cut->nr_types += is_definition(t, c->need[id]);
		err = copy_type(c, t, c->need[id]);
	}
	for (size_t i = 0; i < c->cut->nr_roots; i++)
		c->cut->roots[i] = c->new_id[c->cut->roots[i]];
	return err;
}

static int cutter_init(struct cutter *c)
{
	size_t nr = c->big.nr;

	c->need = calloc(nr, sizeof(*c->need));
	c->new_id = calloc(nr, sizeof(*c->new_id));
	/* A type is put off twice at most: once declared, once defined. */
	c->todo = malloc(2 * nr * sizeof(*c->todo));
	c->found = calloc(c->words->nr_slots + 1, sizeof(*c->found));
	return c->need && c->new_id && c->todo && c->found ? 0 : -ENOMEM;
}

static void cutter_free(struct cutter *c)
{
	btf_raw_close(&c->big);
	btf_raw_writer_free(&c->w);
	free(c->need);
	free(c->new_id);
	free(c->todo);
	free(c->found);
}

int btf_cut(const void *raw, size_t size, const struct ident_set *words,
	    enum btf_reach reach, struct btf_cut *cut)
{
	struct cutter c = {.words = words, .reach = reach, .cut = cut};
	int err;

	memset(cut, 0, sizeof(*cut));
	err = btf_raw_open(&c.big, raw, size);
	if (!err)
		err = cutter_init(&c);
	if (!err)
		err = find_roots(&c);
	if (!err)
		err = close_over(&c);
	if (!err && reach == BTF_REACHED)
		err = root_reached(&c);
	if (!err)
		err = copy_needed(&c);
	if (!err)
		err = btf_raw_finish(&c.w, &cut->raw, &cut->size);
	if (err)
		btf_cut_free(cut);
	cutter_free(&c);
	return err;
}

void btf_cut_free(struct btf_cut *cut)
{
	if (!cut)
		return;
	free(cut->raw);
	free(cut->roots);
	memset(cut, 0, sizeof(*cut));
}
