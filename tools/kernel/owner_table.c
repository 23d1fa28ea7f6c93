// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_table.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/keyed_hash.h"
#include "maps.h"

#define PART 32		/* of memory: one part may be owners */
#define ENTRY_BYTES 256 /* with the kernel's own, and a place in a bucket */
#define MAX (1u << 24)
#define GROWTH 16

static const struct map_shape owners_shape = MAP_SHAPE(MAP_OWNERS, HASH,
						       struct owner_key,
						       struct owner_entry),
			      maps_shape = MAP_SHAPE(MAP_OWNER_MAPS,
						     ARRAY_OF_MAPS, int, int),
			      shared_shape =
				      MAP_SHAPE(MAP_OWNER_SHARED, ARRAY, int,
						struct owner_shared);

uint32_t owner_table_default_max(void)
{
	struct sysinfo info;
	uint64_t max = OWNERS_MIN;

	if (!sysinfo(&info))
		max = (uint64_t)info.totalram * info.mem_unit / PART /
		      ENTRY_BYTES;
	if (max < OWNERS_MIN)
		max = OWNERS_MIN;
	return max < MAX ? max : MAX;
}

/* T has one map more, FD. 0 or -errno. */
static int map_put(struct owner_table *t, int fd, uint32_t entries)
{
	uint32_t at = t->nr;

	if (bpf_map_update_elem(load_map_fd(t->maps, &maps_shape), &at, &fd,
				BPF_ANY))
		return -errno;
	t->fds[t->nr] = fd;
	t->shared->room = t->nr++; /* the program puts new ones there */
	t->room += entries;
	t->last = entries;
	return 0;
}

int owner_table_open(struct owner_table *t, const struct loaded *maps,
		     uint32_t room, uint32_t max)
{
	int owners = load_map_fd(maps, &owners_shape);
	int shared = load_map_fd(maps, &shared_shape);
	void *p;

	if (owners < 0 || shared < 0) {
		errno = EINVAL;
		return -errno;
	}
	p = mmap(NULL, sizeof(*t->shared), PROT_READ | PROT_WRITE, MAP_SHARED,
		 shared, 0);
	if (p == MAP_FAILED)
		return -errno;
	*t = (struct owner_table){.maps = maps, .max = max, .shared = p};
	keyed_hash_key(&t->shared->secret);
	return map_put(t, owners, room);
}

void owner_table_close(struct owner_table *t)
{
	while (t->nr > 1)
		close(t->fds[--t->nr]);
	if (t->shared)
		munmap(t->shared, sizeof(*t->shared));
	*t = (struct owner_table){};
}

/* In the maps from FIRST on. */
static bool entry_find(const struct owner_table *t, unsigned first,
		       const struct owner_key *key, struct owner_entry *e)
{
	unsigned i;

	for (i = first; i < t->nr; i++)
		if (!bpf_map_lookup_elem(t->fds[i], key, e))
			return true;
	return false;
}

bool owner_table_get(const struct owner_table *t, const struct owner_key *key,
		     struct owner_entry *e)
{
	return entry_find(t, 0, key, e);
}

int owner_table_add(const struct owner_table *t, const struct owner_key *key,
		    const struct owner_entry *e)
{
	struct owner_shared *sh = t->shared;
	struct owner_entry other;
	int ret = -E2BIG;
	unsigned i;

	if (entry_find(t, 1, key, &other))
		return -EEXIST;
	for (i = 0; ret == -E2BIG && i < t->nr; i++)
		ret = bpf_map_update_elem(t->fds[i], key, e, BPF_NOEXIST)
			      ? -errno
			      : 0;
	if (ret == -EEXIST)
		return ret;
	if (ret) {
		__atomic_fetch_add(&sh->nr_refused, 1, __ATOMIC_RELAXED);
		return ret;
	}
	__atomic_fetch_add(&sh->nr, 1, __ATOMIC_RELAXED);
	if (key->kind != OWNER_OF_SOCKET)
		sh->is_set[owner_mark(owner_hash(&sh->secret, key))] = 1;
	return 0;
}

void owner_table_remove(const struct owner_table *t,
			const struct owner_key *key)
{
	unsigned i;

	for (i = 0; i < t->nr; i++)
		if (!bpf_map_delete_elem(t->fds[i], key)) {
			__atomic_fetch_sub(&t->shared->nr, 1, __ATOMIC_RELAXED);
			return;
		}
}

bool owner_table_is_filling(const struct owner_table *t)
{
	return t->room < t->max && t->nr < OWNER_MAPS &&
	       __atomic_load_n(&t->shared->nr, __ATOMIC_RELAXED) > t->room / 2;
}

int owner_table_grow(struct owner_table *t)
{
	uint64_t entries = (uint64_t)t->last * GROWTH;
	int fd, ret;

	if (t->room >= t->max || t->nr == OWNER_MAPS)
		return -E2BIG;
	if (entries > t->max - t->room)
		entries = t->max - t->room;
	fd = load_map_like(t->maps, MAP_OWNERS, entries);
	ret = fd < 0 ? fd : map_put(t, fd, entries);
	if (!ret)
		return 0;
	if (fd >= 0)
		close(fd);
	t->max = t->room;
	return ret;
}

uint64_t owner_table_nr_refused(const struct owner_table *t)
{
	return __atomic_load_n(&t->shared->nr_refused, __ATOMIC_RELAXED);
}
