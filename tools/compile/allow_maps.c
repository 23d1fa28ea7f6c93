// SPDX-License-Identifier: GPL-2.0
/* Which maps an image may have, and how large. */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "compile/allow.h"

/* The kernel has keys of hash maps on a stack of this size. */
#define KEY_MAX 512
#define VALUE_MAX (1u << 20)
#define ENTRY_BYTES 64 /* of the kernel's own, in a hash map */

#define FLAGS                                                     \
	(BPF_F_NO_PREALLOC | BPF_F_NO_COMMON_LRU | BPF_F_RDONLY | \
	 BPF_F_WRONLY | BPF_F_STACK_BUILD_ID | BPF_F_ZERO_SEED |  \
	 BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG | BPF_F_MMAPABLE | \
	 BPF_F_PRESERVE_ELEMS | BPF_F_INNER_MAP)

#define KIND(name_, ...)                                                  \
	{                                                                 \
		.type = BPF_MAP_TYPE_##name_, .name = #name_, __VA_ARGS__ \
	}

/*
 * Those that hold numbers, and those through which other programs run, packets
 * go elsewhere or other maps are changed. The kernel takes more for struct_ops,
 * storage and arenas, which libbcc cannot describe.
 */
static const struct kind {
	uint32_t type;
	const char *name;
	bool can_change;
	bool is_percpu;
} kinds[] = {
	KIND(HASH),
	KIND(ARRAY),
	KIND(PROG_ARRAY, .can_change = true),
	KIND(PERF_EVENT_ARRAY),
	KIND(PERCPU_HASH, .is_percpu = true),
	KIND(PERCPU_ARRAY, .is_percpu = true),
	KIND(STACK_TRACE),
	KIND(CGROUP_ARRAY),
	KIND(LRU_HASH),
	KIND(LRU_PERCPU_HASH, .is_percpu = true),
	KIND(LPM_TRIE),
	KIND(ARRAY_OF_MAPS), /* which only the tracer fills */
	KIND(HASH_OF_MAPS, .can_change = true),
	KIND(DEVMAP, .can_change = true),
	KIND(SOCKMAP, .can_change = true),
	KIND(CPUMAP, .can_change = true),
	KIND(XSKMAP, .can_change = true),
	KIND(SOCKHASH, .can_change = true),
	KIND(QUEUE),
	KIND(STACK),
	KIND(DEVMAP_HASH, .can_change = true),
	KIND(RINGBUF),
	KIND(BLOOM_FILTER),
};

static const struct kind *kind_find(uint32_t type)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

static size_t padded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

/* A bound of what the kernel takes for one entry of M. */
static uint64_t entry_bytes(const struct image_map *m, const struct kind *kind)
{
	int nr_cpus = kind->is_percpu ? libbpf_num_possible_cpus() : 1;

	if (m->type == BPF_MAP_TYPE_RINGBUF)
		return 1;
	return ENTRY_BYTES + padded(m->key_size) +
	       padded(m->value_size) * (uint64_t)(nr_cpus > 0 ? nr_cpus : 1);
}

static const char *shape_wrong(const struct image_map *m)
{
	if (m->key_size > KEY_MAX)
		return "has keys of more than 512 bytes";
	if (m->value_size > VALUE_MAX)
		return "has values of more than 1 MB";
	return m->flags & ~FLAGS ? "has flags that BCC's C does not know"
				 : NULL;
}

static int map_check(const struct image_map *m, const struct kind *kind,
		     bool may_change, char *err, size_t err_size)
{
	const char *wrong = shape_wrong(m);

	if (!kind)
		snprintf(err, err_size,
			 "the map %s is of type %u, which is not supported",
			 m->name, m->type);
	else if (kind->can_change && !may_change)
		snprintf(err, err_size,
			 "the map %s is a BPF_MAP_TYPE_%s, through which a "
			 "program may change the machine; bpfrun-c runs such "
			 "programs",
			 m->name, kind->name);
	else if (wrong)
		snprintf(err, err_size, "the map %s %s", m->name, wrong);
	else
		return 0;
	return -EACCES;
}

int allow_maps(const struct image *img, const struct allow *a, char *err,
	       size_t err_size)
{
	uint64_t left = a->maps_bytes, one;
	size_t i;

	for (i = 0; i < img->nr_maps; i++) {
		const struct image_map *m = &img->maps[i];
		const struct kind *kind = kind_find(m->type);

		if (map_check(m, kind, a->may_change, err, err_size))
			return -EACCES;
		one = entry_bytes(m, kind);
		if (m->max_entries <= left / one) {
			left -= m->max_entries * one;
			continue;
		}
		snprintf(err, err_size,
			 "the maps take more than %llu MB, half of this "
			 "machine's memory (%s: %u entries)",
			 (unsigned long long)(a->maps_bytes >> 20), m->name,
			 m->max_entries);
		return -EACCES;
	}
	return 0;
}

uint64_t allow_maps_bytes(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) / 2 * sysconf(_SC_PAGESIZE);
}
