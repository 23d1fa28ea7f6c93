// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_marks.h"

#include <bpf/bpf.h>
#include <string.h>
#include <sys/mman.h>

struct owner_marks *owner_marks_open(int map)
{
	void *p = mmap(NULL, sizeof(struct owner_marks), PROT_READ | PROT_WRITE,
		       MAP_SHARED, map, 0);

	return p == MAP_FAILED ? NULL : p;
}

void owner_marks_close(struct owner_marks *m)
{
	if (m)
		munmap(m, sizeof(*m));
}

/* Returns how many were gone through; what leaves meanwhile starts it anew. */
static unsigned map_mark(struct owner_marks *m, int map, unsigned max)
{
	struct owner_key key, next;
	unsigned nr = 0;
	int err = bpf_map_get_next_key(map, NULL, &next);

	for (; !err && nr < max; nr++) {
		key = next;
		owner_marks_set(m, &key);
		err = bpf_map_get_next_key(map, &key, &next);
	}
	return nr;
}

/*
 * The program marks what it has put into a map, after that: so whatever comes
 * meanwhile is found here, or marked after this was cleared.
 */
void owner_marks_renew(struct owner_marks *m, const int *maps, unsigned nr)
{
	unsigned left = OWNER_MARKS_RENEW, i;

	memset(m->is_set, 0, sizeof(m->is_set));
	__sync_synchronize();
	for (i = 0; i < nr; i++)
		left -= map_mark(m, maps[i], left);
	if (!left)
		memset(m->is_set, 1, sizeof(m->is_set));
}
