// SPDX-License-Identifier: GPL-2.0
/* Marks of what is in BPF maps: real maps, so only as root. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/owner_marks.h"
#include "live/ns.h"

#define NR_KEYS 97

static int maps[2], shared;
static struct owner_marks *marks;

static int set_up(void **state)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	size_t i;

	for (i = 0; i < 2; i++)
		maps[i] = bpf_map_create(BPF_MAP_TYPE_HASH, "test",
					 sizeof(struct owner_key),
					 sizeof(struct owner_entry),
					 2 * OWNER_MARKS_RENEW, NULL);
	shared = bpf_map_create(BPF_MAP_TYPE_ARRAY, "test", 4,
				sizeof(struct owner_marks), 1, &opts);
	marks = owner_marks_open(shared);
	return 0;
}

static int tear_down(void **state)
{
	owner_marks_close(marks);
	close(maps[0]);
	close(maps[1]);
	close(shared);
	return 0;
}

static void need_marks(void)
{
	if (marks)
		return;
	print_message("# no BPF map with shared memory here\n");
	skip();
}

static struct owner_key key_of(unsigned i)
{
	struct owner_key key = {.lport = 80, .rport = i};

	memcpy(key.remote, &i, sizeof(i));
	return key;
}

static void put(int map, unsigned from, unsigned to)
{
	const struct owner_entry e = {.pid = 1};
	struct owner_key key;

	for (; from < to; from++) {
		key = key_of(from);
		assert_int_equal(bpf_map_update_elem(map, &key, &e, BPF_ANY),
				 0);
	}
}

static unsigned nr_marked(unsigned from, unsigned to)
{
	unsigned nr = 0;
	struct owner_key key;

	for (; from < to; from++) {
		key = key_of(from);
		nr += owner_marks_has(marks, &key);
	}
	return nr;
}

static void what_is_marked_may_be_there(void **state)
{
	struct owner_key key;
	unsigned i;

	need_marks();
	assert_int_equal(nr_marked(0, 1000), 0);
	for (i = 0; i < NR_KEYS; i++) {
		key = key_of(i);
		owner_marks_set(marks, &key);
	}
	assert_int_equal(nr_marked(0, NR_KEYS), NR_KEYS);
	/* One in a thousand of others falls on a byte that is taken. */
	assert_in_range(nr_marked(1000, 101000), 1, 300);
}

/* What has left the maps is forgotten; what is in one of them is not. */
static void renewed(void **state)
{
	need_marks();
	put(maps[0], 0, NR_KEYS / 2);
	put(maps[1], NR_KEYS, NR_KEYS + 11);
	owner_marks_renew(marks, maps, 2);
	assert_int_equal(nr_marked(0, NR_KEYS / 2), NR_KEYS / 2);
	assert_int_equal(nr_marked(NR_KEYS, NR_KEYS + 11), 11);
	assert_in_range(nr_marked(NR_KEYS / 2, NR_KEYS), 0, 2);
}

static void too_many(void **state)
{
	need_marks();
	put(maps[1], 1000, 1000 + OWNER_MARKS_RENEW);
	owner_marks_renew(marks, maps, 2);
	assert_int_equal(nr_marked(0, 100000), 100000);
}

/* Where the kernel shares no memory, all is asked for. */
static void none(void **state)
{
	struct owner_key key = key_of(1);

	assert_null(owner_marks_open(-1));
	assert_true(owner_marks_has(NULL, &key));
	owner_marks_set(NULL, &key);
	owner_marks_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_marked_may_be_there),
		cmocka_unit_test(renewed),
		cmocka_unit_test(too_many),
		cmocka_unit_test(none),
	};

	if (is_without_root())
		return 0;
	return cmocka_run_group_tests_name("owner marks", tests, set_up,
					   tear_down);
}
