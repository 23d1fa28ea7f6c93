// SPDX-License-Identifier: GPL-2.0
#include "base/hash.h"

#include <stdio.h>

#define FNV_PRIME (((unsigned __int128)1 << 88) | 0x13b)
#define FNV_BASIS \
	(((unsigned __int128)0x6c62272e07bb0142 << 64) | 0x62b821756295c58d)

static void hash_bytes(struct hash *h, const void *p, size_t size)
{
	const unsigned char *c = p;

	while (size--)
		h->state = (h->state ^ *c++) * FNV_PRIME;
}

void hash_init(struct hash *h)
{
	h->state = FNV_BASIS;
}

void hash_add(struct hash *h, const void *p, size_t size)
{
	uint64_t n = size;

	hash_bytes(h, p, size);
	hash_bytes(h, &n, sizeof(n));
}

void hash_text(const struct hash *h, char text[HASH_TEXT])
{
	snprintf(text, HASH_TEXT, "%016llx%016llx",
		 (unsigned long long)(h->state >> 64),
		 (unsigned long long)h->state);
}

uint64_t hash_u64(const struct hash *h)
{
	return (uint64_t)h->state;
}
