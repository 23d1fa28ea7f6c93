/* SPDX-License-Identifier: GPL-2.0 */
/* What was looked up a moment ago, found or not. Bounded; pure. */
#ifndef OWNER_CACHE_H
#define OWNER_CACHE_H

#include <linux/types.h>
#include <stdbool.h>

#include "kernel/owner.h"
#include "owner_entry.h"

struct owner_cache;

struct owner_cached {
	enum owner_answer answer;
	struct owner owner; /* when it is known */
	/* For who listens: when that was found, and the number of changes of it
	 * (struct owner_shared) then. */
	uint64_t made_ns, nr_listens;
};

/* NULL on lack of memory. */
struct owner_cache *owner_cache_new(void);

/* Null-safe. */
void owner_cache_free(struct owner_cache *c);

/*
 * What is known at NOW_NS of KEY, whose owner_hash() is HASH here and below; or
 * NULL. Valid until the next put.
 */
const struct owner_cached *owner_cache_get(const struct owner_cache *c,
					   const struct owner_key *key,
					   uint64_t hash, uint64_t now_ns);

/* Takes the place of some other; good until UNTIL_NS, exclusive. */
void owner_cache_put(struct owner_cache *c, const struct owner_key *key,
		     uint64_t hash, uint64_t until_ns,
		     const struct owner_cached *what);

void owner_cache_drop(struct owner_cache *c, const struct owner_key *key,
		      uint64_t hash);

#endif
