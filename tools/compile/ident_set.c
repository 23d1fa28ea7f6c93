// SPDX-License-Identifier: GPL-2.0
#include "compile/ident.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void ident_set_free(struct ident_set *set)
{
	if (!set)
		return;
	free(set->slot);
	memset(set, 0, sizeof(*set));
}

/* FNV-1a, 32 bits. */
uint32_t ident_hash(const char *name, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h;
}

static struct ident *slot_of(const struct ident_set *set, const char *name,
			     size_t len, uint32_t hash)
{
	size_t mask = set->nr_slots - 1;
	size_t i = hash & mask;

	for (;; i = (i + 1) & mask) {
		struct ident *id = &set->slot[i];

		if (!id->name || (id->hash == hash && id->len == len &&
				  !memcmp(id->name, name, len)))
			return id;
	}
}

struct ident *ident_find(const struct ident_set *set, const char *name,
			 size_t len, uint32_t hash)
{
	struct ident *id;

	if (!set->nr_slots)
		return NULL;
	id = slot_of(set, name, len, hash);
	return id->name ? id : NULL;
}

static int set_grow(struct ident_set *set)
{
	struct ident_set bigger = {
		.nr = set->nr,
		.nr_slots = set->nr_slots ? set->nr_slots * 2 : 1024,
	};

	bigger.slot = calloc(bigger.nr_slots, sizeof(*bigger.slot));
	if (!bigger.slot)
		return -ENOMEM;
	for (size_t i = 0; i < set->nr_slots; i++) {
		const struct ident *id = &set->slot[i];

		if (id->name)
			*slot_of(&bigger, id->name, id->len, id->hash) = *id;
	}
	free(set->slot);
	*set = bigger;
	return 0;
}

struct ident *ident_add(struct ident_set *set, const char *name, size_t len)
{
	uint32_t hash = ident_hash(name, len);
	struct ident *id;

	if (set->nr * 2 >= set->nr_slots && set_grow(set))
		return NULL;
	id = slot_of(set, name, len, hash);
	if (!id->name) {
		*id = (struct ident){.name = name, .len = len, .hash = hash};
		set->nr++;
	}
	return id;
}
