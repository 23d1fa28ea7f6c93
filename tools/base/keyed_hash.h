/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tables whose keys come off the wire: who sends the packets chooses the
 * keys, and without a secret could put all of them into one bucket.
 */
#ifndef KEYED_HASH_H
#define KEYED_HASH_H

#include <stddef.h>

/* Of LEN bytes at KEY; the same only within this process. */
unsigned keyed_hash(const void *key, size_t len);

#endif
