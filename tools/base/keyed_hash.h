/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tables whose keys come off the wire, or from another user: who chooses the
 * keys could without a secret put all of them into one bucket.
 */
#ifndef KEYED_HASH_H
#define KEYED_HASH_H

#include <linux/types.h>
#include <stddef.h>

#include "siphash.h"

/* A key that nobody knows, from the kernel's random numbers. */
void keyed_hash_key(struct siphash_key *key);

/* The hash of LEN bytes at KEY; the same only within this process. */
unsigned keyed_hash(const void *key, size_t len);

#endif
