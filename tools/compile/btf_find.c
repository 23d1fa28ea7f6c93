// SPDX-License-Identifier: GPL-2.0
#include "compile/btf_find.h"

#include <string.h>

#define NESTED_MAX 8

/* Each name is in the strings once: compare where it is, not what it says. */
static uint32_t name_offset(const struct btf_raw *btf, const char *name)
{
	size_t len = strlen(name) + 1;
	const char *p = btf->names, *end = p + btf->names_size;

	while ((p = memmem(p, end - p, name, len)) && p > btf->names && p[-1])
		p++;
	return p ? p - btf->names : 0;
}

static bool is_kind(const struct btf_type *t, unsigned kind)
{
	unsigned k = BTF_INFO_KIND(t->info);

	return k == kind || (k == BTF_KIND_ENUM64 && kind == BTF_KIND_ENUM);
}

uint32_t btf_find_id(const struct btf_raw *btf, unsigned kind, const char *name)
{
	uint32_t off = btf ? name_offset(btf, name) : 0, id;
	const struct btf_type *t;

	for (id = 1; off && id < btf->nr; id++) {
		t = btf_raw_type(btf, id);
		if (t->name_off == off && is_kind(t, kind))
			return id;
	}
	return 0;
}

const struct btf_type *btf_find(const struct btf_raw *btf, unsigned kind,
				const char *name)
{
	uint32_t id = btf_find_id(btf, kind, name);

	return id ? btf_raw_type(btf, id) : NULL;
}

static bool has_member(const struct btf_raw *btf, const struct btf_type *t,
		       const char *member, int depth)
{
	const struct btf_member *m = (const void *)(t + 1);
	const struct btf_type *inner;

	for (unsigned i = 0; i < BTF_INFO_VLEN(t->info); i++, m++) {
		if (!strcmp(btf_raw_name(btf, m->name_off), member))
			return true;
		if (m->name_off || depth == NESTED_MAX)
			continue;
		inner = btf_raw_type(btf, btf_raw_record(btf, m->type));
		if (inner && has_member(btf, inner, member, depth + 1))
			return true;
	}
	return false;
}

bool btf_has_member(const struct btf_raw *btf, const char *record,
		    const char *member)
{
	const struct btf_type *t = btf_find(btf, BTF_KIND_STRUCT, record);

	return t && has_member(btf, t, member, 0);
}
