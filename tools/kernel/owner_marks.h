/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which connections may be in the table of owners: a byte for each, in the
 * memory that the program in bpf_src/owner.c shares. In a flood of packets that
 * belong to nobody this spares a system call or two for each.
 */
#ifndef OWNER_MARKS_H
#define OWNER_MARKS_H

#include "kernel/owner_table.h"

/* Connections that owner_marks_renew() goes through: some 10 ms. */
#define OWNER_MARKS_RENEW 16384

/* False: what has this owner_hash() is not in the table. */
static inline bool owner_marks_has(const struct owner_table *t, uint64_t hash)
{
	return t->shared->is_set[owner_mark(hash)];
}

/*
 * Forget the marks of what has left the table. Where it holds too much to be
 * gone through, all are set for good.
 */
void owner_marks_renew(const struct owner_table *t);

#endif
