// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_marks.h"

#include <bpf/bpf.h>
#include <string.h>

/* Returns how many were gone through; what leaves meanwhile starts it anew. */
static unsigned map_mark(struct owner_shared *sh, int map, unsigned max)
{
	struct owner_key key, next;
	unsigned nr = 0;
	int err = bpf_map_get_next_key(map, NULL, &next);

	for (; !err && nr < max; nr++) {
		key = next;
		sh->is_set[owner_mark(owner_hash(&sh->secret, &key))] = 1;
		err = bpf_map_get_next_key(map, &key, &next);
	}
	return nr;
}

/*
 * The program marks what it has put into the table, after that: so whatever
 * comes meanwhile is found here, or marked after this was cleared.
 */
void owner_marks_renew(const struct owner_table *t)
{
	struct owner_shared *sh = t->shared;
	unsigned left = OWNER_MARKS_RENEW, i;

	memset(sh->is_set, 0, sizeof(sh->is_set));
	__sync_synchronize();
	for (i = 0; i < t->nr; i++)
		left -= map_mark(sh, t->fds[i], left);
	if (!left)
		memset(sh->is_set, 1, sizeof(sh->is_set));
}
