/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of owners, as user space has it: the maps in "owner_maps", the first
 * of which is "owners" while the others are added as it fills up, and the memory
 * that is shared with the program in bpf_src/owner.c.
 */
#ifndef OWNER_TABLE_H
#define OWNER_TABLE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/load.h"
#include "owner_entry.h"

struct owner_table {
	const struct loaded *maps;
	int fds[OWNER_MAPS];
	unsigned nr;	    /* of fds */
	uint32_t last;	    /* entries of the newest */
	uint64_t room, max; /* entries of all; as many as there may be */
	struct owner_shared *shared;
};

/* As many entries as take no more than a 32nd of the machine's memory. */
uint32_t owner_table_default_max(void);

/*
 * The table in MAPS, of ROOM entries, which may become MAX. Before anything runs:
 * the secret of the marks is made here. 0 or -errno.
 */
int owner_table_open(struct owner_table *t, const struct loaded *maps,
		     uint32_t room, uint32_t max);

/* Harmless on a zeroed one. MAPS stay the caller's. */
void owner_table_close(struct owner_table *t);

/* False when KEY has no entry. */
bool owner_table_get(const struct owner_table *t, const struct owner_key *key,
		     struct owner_entry *e);

/*
 * E for KEY, unless there is one: what the program has seen is newer. 0, -EEXIST,
 * or another -errno, which is counted in shared->nr_refused as the program's are.
 */
int owner_table_add(const struct owner_table *t, const struct owner_key *key,
		    const struct owner_entry *e);

void owner_table_remove(const struct owner_table *t,
			const struct owner_key *key);

/* Half of the room is used, and there may be more. */
bool owner_table_is_filling(const struct owner_table *t);

/* Once, sixteen times as much. 0 or -errno: then there is no more. */
int owner_table_grow(struct owner_table *t);

/* How many changes have failed so far: the program's and those made here. */
uint64_t owner_table_nr_refused(const struct owner_table *t);

#endif
