/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets of numbers as sorted, disjoint, non-adjacent closed ranges: ports, IPv4
 * addresses (host order) and IPv6 addresses (128 bits, most significant first).
 */
#ifndef RANGE_H
#define RANGE_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned __int128 u128;

struct range {
	u128 first;
	u128 last; /* inclusive, never below first */
};

struct range_set {
	struct range *r;
	size_t nr;
};

/* Add first..last and keep the set sorted and merged. 0 or -ENOMEM. */
int range_set_add(struct range_set *set, u128 first, u128 last);

bool range_set_has(const struct range_set *set, u128 value);

/* Null-safe; leaves an empty set. */
void range_set_free(struct range_set *set);

#endif
