/* SPDX-License-Identifier: GPL-2.0 */
/*
 * FNV-1a, 128 bits (RFC 9923): names for cached things. Not for secrets: it
 * only has to tell apart what one root user made.
 */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash {
	unsigned __int128 state;
};

#define HASH_TEXT 33 /* 32 hex digits and the NUL */

void hash_init(struct hash *h);

/* SIZE bytes, and the size itself: ("a", "bc") is not ("ab", "c"). */
void hash_add(struct hash *h, const void *p, size_t size);

/* Lower-case hex. */
void hash_text(const struct hash *h, char text[HASH_TEXT]);

/* The low 64 bits. */
uint64_t hash_u64(const struct hash *h);

#endif
