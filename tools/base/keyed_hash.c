// SPDX-License-Identifier: GPL-2.0
#include "base/keyed_hash.h"

#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

#ifndef GRND_INSECURE
#define GRND_INSECURE 4 /* of linux/random.h: never wait, early at boot too */
#endif

static struct siphash_key secret;
static bool has_secret;

void keyed_hash_key(struct siphash_key *key)
{
	const void *of_start = (const void *)getauxval(AT_RANDOM);

	if (getrandom(key, sizeof(*key), GRND_INSECURE) == sizeof(*key))
		return;
	/* Before Linux 5.6, or forbidden: every process is given 16 bytes. */
	if (of_start)
		memcpy(key, of_start, sizeof(*key));
}

unsigned keyed_hash(const void *key, size_t len)
{
	if (!has_secret) {
		keyed_hash_key(&secret);
		has_secret = true;
	}
	return siphash(&secret, key, len, SIPHASH_TABLE);
}
