/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether anybody asks for owners: until a packet matches nobody does, and
 * bpf_src/owner.c does no more than to forget connections that end.
 */
#ifndef COMMON_WANTED_H
#define COMMON_WANTED_H

BPF_ARRAY(owner_wanted, u64, 1);

/* From this packet on: it comes before its process does anything with it. */
static inline void owner_want(void)
{
	int zero = 0;
	u64 *wanted = owner_wanted.lookup(&zero);

	if (wanted && !*wanted)
		*wanted = 1;
}

static inline int owner_is_wanted(void)
{
	int zero = 0;
	u64 *wanted = owner_wanted.lookup(&zero);

	return wanted && *wanted;
}

#endif
