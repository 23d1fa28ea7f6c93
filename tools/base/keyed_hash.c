// SPDX-License-Identifier: GPL-2.0
#include "base/keyed_hash.h"

#include <stdint.h>
#include <string.h>
#include <sys/random.h>

static uint64_t seed;

static void seed_get(void)
{
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uintptr_t)&seed; /* better than none, early at boot */
	seed |= 1;
}

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15;
	return h ^ h >> 29;
}

unsigned keyed_hash(const void *key, size_t len)
{
	const uint8_t *p = key;
	uint64_t h, word;

	if (!seed)
		seed_get();
	for (h = seed; len >= sizeof(word); len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = mix(h, word);
		p += sizeof(word);
	}
	word = 0;
	memcpy(&word, p, len);
	return (len ? mix(h, word) : h) >> 32;
}
