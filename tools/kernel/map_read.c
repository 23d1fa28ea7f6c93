// SPDX-License-Identifier: GPL-2.0
#include "kernel/map_read.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 64 /* entries that memory is first had for */

struct reader {
	int fd;
	const struct image_map *m;
	const struct map_sum *sums;
	size_t nr_sums;
	size_t nr_cpus; /* copies of a value */
	size_t stride;	/* of a copy */
	char *buf;	/* all copies of one value */
	size_t room;	/* entries that memory is there for */
	struct map_entries *out;
};

static const struct {
	uint32_t type;
	bool is_array, is_percpu;
} kinds[] = {
	{BPF_MAP_TYPE_HASH, false, false},
	{BPF_MAP_TYPE_ARRAY, true, false},
	{BPF_MAP_TYPE_PERCPU_HASH, false, true},
	{BPF_MAP_TYPE_PERCPU_ARRAY, true, true},
	{BPF_MAP_TYPE_LRU_HASH, false, false},
	{BPF_MAP_TYPE_LRU_PERCPU_HASH, false, true},
	{BPF_MAP_TYPE_LPM_TRIE, false, false},
	{BPF_MAP_TYPE_STACK_TRACE, false, false},
};

#define NR_KINDS (sizeof(kinds) / sizeof(*kinds))

static size_t kind_find(uint32_t type)
{
	size_t i = 0;

	while (i < NR_KINDS && kinds[i].type != type)
		i++;
	return i;
}

bool map_is_readable(uint32_t type)
{
	return kind_find(type) < NR_KINDS;
}

static uint64_t word_get(const char *p, size_t size)
{
	uint64_t v = 0;

	memcpy(&v, p, size);
	return v;
}

static void copy_add(const struct reader *r, const struct map_sum *s,
		     const char *from)
{
	size_t i, at = s->offset;

	if (s->size > sizeof(uint64_t))
		return;
	for (i = 0; i < s->nr && at + s->size <= r->m->value_size;
	     i++, at += s->size) {
		uint64_t sum = word_get(r->buf + at, s->size) +
			       word_get(from + at, s->size);

		memcpy(r->buf + at, &sum, s->size);
	}
}

/* Add the other CPUs' copies to the first. Integers wrap, as in the program. */
static void copies_add(const struct reader *r)
{
	size_t cpu, i;

	for (cpu = 1; cpu < r->nr_cpus; cpu++)
		for (i = 0; i < r->nr_sums; i++)
			copy_add(r, &r->sums[i], r->buf + cpu * r->stride);
}

static int room_make(struct reader *r)
{
	size_t room = r->room ? 2 * r->room : CHUNK;
	struct map_entries *e = r->out;
	char *p;

	if (e->nr < r->room)
		return 0;
	p = realloc(e->keys, room * e->key_size);
	if (!p)
		return -ENOMEM;
	e->keys = p;
	p = realloc(e->values, room * e->value_size);
	if (!p)
		return -ENOMEM;
	e->values = p;
	r->room = room;
	return 0;
}

static bool is_zero(const char *p, size_t size)
{
	return !*p && !memcmp(p, p + 1, size - 1);
}

/* The entry of KEY; one that was just deleted is none. */
static int entry_read(struct reader *r, const void *key, bool want_zero)
{
	struct map_entries *e = r->out;
	int ret;

	if (bpf_map_lookup_elem(r->fd, key, r->buf))
		return errno == ENOENT ? 0 : -errno;
	copies_add(r);
	if (!want_zero && is_zero(r->buf, e->value_size))
		return 0;
	ret = room_make(r);
	if (ret)
		return ret;
	memcpy(e->keys + e->nr * e->key_size, key, e->key_size);
	memcpy(e->values + e->nr * e->value_size, r->buf, e->value_size);
	e->nr++;
	return 0;
}

static int array_read(struct reader *r)
{
	uint32_t i;
	int ret = 0;

	for (i = 0; !ret && i < r->m->max_entries; i++)
		ret = entry_read(r, &i, false);
	return ret;
}

/*
 * When the key that we stand at is deleted meanwhile the kernel begins anew: so
 * no more steps than there can be entries.
 */
static int hash_read(struct reader *r)
{
	char *key = calloc(2, r->m->key_size), *next = key + r->m->key_size;
	uint32_t left = r->m->max_entries;
	int ret = key ? 0 : -ENOMEM;
	void *prev = NULL;

	while (!ret && left-- && !bpf_map_get_next_key(r->fd, prev, next)) {
		if (r->out->nr == MAP_READ_MAX) {
			r->out->is_cut = true;
			break;
		}
		ret = entry_read(r, next, true);
		memcpy(key, next, r->m->key_size);
		prev = key;
	}
	free(key);
	return ret;
}

int map_read(int fd, const struct image_map *m, const struct map_sum *sums,
	     size_t nr_sums, struct map_entries *out)
{
	size_t kind = kind_find(m->type);
	struct reader r = {.fd = fd,
			   .m = m,
			   .sums = sums,
			   .nr_sums = nr_sums,
			   .nr_cpus = 1,
			   .stride = (m->value_size + 7) & ~7ul,
			   .out = out};
	int ret;

	*out = (struct map_entries){.key_size = m->key_size,
				    .value_size = m->value_size};
	if (kind == NR_KINDS || !m->value_size || !m->key_size)
		return -EOPNOTSUPP;
	if (kinds[kind].is_percpu)
		r.nr_cpus = libbpf_num_possible_cpus();
	r.buf = calloc(r.nr_cpus, r.stride);
	if (!r.buf)
		return -ENOMEM;
	ret = kinds[kind].is_array ? array_read(&r) : hash_read(&r);
	free(r.buf);
	if (ret)
		map_entries_free(out);
	return ret;
}

void map_entries_free(struct map_entries *e)
{
	free(e->keys);
	free(e->values);
	e->keys = e->values = NULL;
	e->nr = 0;
}
