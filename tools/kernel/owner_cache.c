// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_cache.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 4096

struct slot {
	struct owner_key key;
	uint64_t until_ns; /* 0: empty */
	struct owner_cached what;
};

struct owner_cache {
	struct slot slots[SLOTS];
};

struct owner_cache *owner_cache_new(void)
{
	return calloc(1, sizeof(struct owner_cache));
}

void owner_cache_free(struct owner_cache *c)
{
	free(c);
}

/* The low bits are those of the marks. */
static size_t slot_of(uint64_t hash)
{
	return (hash >> 32) % SLOTS;
}

static bool is_same(const struct slot *s, const struct owner_key *key)
{
	return s->until_ns && !memcmp(&s->key, key, sizeof(*key));
}

const struct owner_cached *owner_cache_get(const struct owner_cache *c,
					   const struct owner_key *key,
					   uint64_t hash, uint64_t now_ns)
{
	const struct slot *s = &c->slots[slot_of(hash)];

	return now_ns < s->until_ns && is_same(s, key) ? &s->what : NULL;
}

void owner_cache_put(struct owner_cache *c, const struct owner_key *key,
		     uint64_t hash, uint64_t until_ns,
		     const struct owner_cached *what)
{
	c->slots[slot_of(hash)] = (struct slot){*key, until_ns, *what};
}

void owner_cache_drop(struct owner_cache *c, const struct owner_key *key,
		      uint64_t hash)
{
	struct slot *s = &c->slots[slot_of(hash)];

	if (is_same(s, key))
		s->until_ns = 0;
}
