/* SPDX-License-Identifier: GPL-2.0 */
/*
 * uthash for keys that strangers choose: hashed with a secret, and a lack of
 * memory does not end the process. An element that HASH_ADD() could not take has
 * no hh.tbl and stays the caller's.
 */
#ifndef KEYED_TABLE_H
#define KEYED_TABLE_H

#include "base/keyed_hash.h"

#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hashv) ((hashv) = keyed_hash(key, len))
#include <uthash.h>

#endif
