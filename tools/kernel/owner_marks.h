/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which connections may be in the maps of owners: memory that the program in
 * bpf_src/owner.c shares. In a flood of packets that belong to nobody this
 * spares a system call or two for each.
 */
#ifndef OWNER_MARKS_H
#define OWNER_MARKS_H

#include <stdbool.h>
#include <linux/types.h>

#include "owner_entry.h"

/* Connections that owner_marks_renew() goes through: some 10 ms. */
#define OWNER_MARKS_RENEW 16384

/* The memory of the map MAP, or NULL: then all may be there. */
struct owner_marks *owner_marks_open(int map);

/* Null-safe. */
void owner_marks_close(struct owner_marks *m);

/* KEY was put into one of the maps. Null-safe. */
static inline void owner_marks_set(struct owner_marks *m,
				   const struct owner_key *key)
{
	if (m)
		m->is_set[owner_mark(key)] = 1;
}

/* False: KEY is in none of them. */
static inline bool owner_marks_has(const struct owner_marks *m,
				   const struct owner_key *key)
{
	return !m || m->is_set[owner_mark(key)];
}

/*
 * Forget the marks of what has left the NR MAPS. Where they hold too much to be
 * gone through, all are set for good.
 */
void owner_marks_renew(struct owner_marks *m, const int *maps, unsigned nr);

#endif
