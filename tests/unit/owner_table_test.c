// SPDX-License-Identifier: GPL-2.0
/* The table of owners and its marks: with real maps, so only as root. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/owner_marks.h"

#define ROOM 1024
#define MAX (ROOM + 7 * ROOM)

/* The maps that bpf_src/owner.c has for it. */
static const struct image image = {
	.maps =
		{
			{.name = "owner_maps",
			 .type = BPF_MAP_TYPE_ARRAY_OF_MAPS,
			 .key_size = 4,
			 .value_size = 4,
			 .max_entries = OWNER_MAPS},
			{.name = "owners",
			 .type = BPF_MAP_TYPE_HASH,
			 .key_size = sizeof(struct owner_key),
			 .value_size = sizeof(struct owner_entry),
			 .max_entries = OWNERS_MIN,
			 .flags = BPF_F_NO_PREALLOC},
			{.name = "owner_shared",
			 .type = BPF_MAP_TYPE_ARRAY,
			 .key_size = 4,
			 .value_size = sizeof(struct owner_shared),
			 .max_entries = 1,
			 .flags = BPF_F_MMAPABLE},
		},
	.nr_maps = 3,
};

static struct loaded maps;
static struct owner_table t;

static int set_up(void **state)
{
	const struct load_opts opts = {
		.resize = "owners",
		.entries = ROOM,
		.outer = "owner_maps",
		.inner = "owners",
	};
	struct load_error err;

	return load_maps(&image, &maps, &opts, &err)
		       ?: owner_table_open(&t, &maps, ROOM, MAX);
}

static int tear_down(void **state)
{
	owner_table_close(&t);
	load_close(&maps);
	return 0;
}

static struct owner_key key_of(unsigned i)
{
	struct owner_key key = {.lport = 80, .rport = i, .kind = 6};

	memcpy(key.remote, &i, sizeof(i));
	return key;
}

/* How many of them are added. */
static unsigned add(unsigned from, unsigned to)
{
	struct owner_entry e = {};
	struct owner_key key;
	unsigned nr = 0;

	for (; from < to; from++) {
		key = key_of(from);
		e.pid = from;
		nr += !owner_table_add(&t, &key, &e);
	}
	return nr;
}

static unsigned nr_there(unsigned from, unsigned to)
{
	struct owner_entry e;
	struct owner_key key;
	unsigned nr = 0;

	for (; from < to; from++) {
		key = key_of(from);
		nr += owner_table_get(&t, &key, &e) && e.pid == from;
	}
	return nr;
}

static unsigned nr_marked(unsigned from, unsigned to)
{
	struct owner_key key;
	unsigned nr = 0;

	for (; from < to; from++) {
		key = key_of(from);
		nr += owner_marks_has(&t, owner_hash(&t.shared->secret, &key));
	}
	return nr;
}

static void test_what_it_has_stays(void **state)
{
	struct owner_entry e = {.pid = 99};
	struct owner_key key = key_of(3);

	assert_int_equal(add(0, 10), 10);
	assert_int_equal(owner_table_add(&t, &key, &e), -EEXIST);
	assert_int_equal(nr_there(0, 10), 10);
	owner_table_remove(&t, &key);
	assert_int_equal(nr_there(0, 10), 9);
	assert_int_equal(t.shared->nr, 9);
	assert_int_equal(owner_table_nr_refused(&t), 0);
}

/* Where there is no room that is counted, and more is made before. */
static void test_grows(void **state)
{
	struct owner_key key = key_of(ROOM);

	assert_int_equal(add(0, ROOM / 2), ROOM / 2);
	assert_false(owner_table_is_filling(&t));
	assert_int_equal(add(ROOM / 2, ROOM + 5), ROOM / 2);
	assert_true(owner_table_is_filling(&t));
	assert_int_equal(owner_table_nr_refused(&t), 5);
	assert_int_equal(owner_table_grow(&t), 0);
	assert_int_equal(t.room, MAX);
	assert_int_equal(add(ROOM, 2 * ROOM), ROOM);
	assert_int_equal(nr_there(0, 2 * ROOM), 2 * ROOM);
	/* What is in the second map is not added to the first one. */
	owner_table_remove(&t, &(struct owner_key){.kind = 4});
	key = key_of(0);
	owner_table_remove(&t, &key);
	assert_int_equal(add(ROOM, ROOM + 1), 0);
	assert_int_equal(t.shared->nr, 2 * ROOM - 1);
	key = key_of(ROOM);
	owner_table_remove(&t, &key);
	assert_int_equal(nr_there(ROOM, ROOM + 1), 0);
}

static void test_is_bounded(void **state)
{
	assert_int_equal(owner_table_grow(&t), 0);
	assert_int_equal(t.room, MAX);
	assert_int_equal(owner_table_grow(&t), -E2BIG);
	assert_int_equal(add(0, 2 * MAX), MAX);
	assert_int_equal(owner_table_nr_refused(&t), MAX);
	assert_false(owner_table_is_filling(&t));
	assert_in_range(owner_table_default_max(), OWNERS_MIN, 1 << 24);
}

static void test_what_is_marked_may_be_there(void **state)
{
	assert_int_equal(nr_marked(0, 1000), 0);
	assert_int_equal(add(0, 97), 97);
	assert_int_equal(nr_marked(0, 97), 97);
	/* One in a thousand of others falls on a byte that is taken. */
	assert_in_range(nr_marked(1000, 101000), 1, 300);
}

/*
 * Words that fall on one byte whatever comes behind them: the marks were once
 * made by h = (h ^ word) * ODD, h ^= h >> 15, without a secret. Where the words
 * of two connections lead to one h, no byte tells them apart.
 */
#define ODD 0x9e3779b1u

static void test_marks_have_a_secret(void **state)
{
	struct owner_key key = {.lport = 80, .kind = 6};
	const unsigned nr = 1000;
	uint32_t h, word, i;
	bool is_byte[1 << OWNER_MARKS_BITS] = {};
	unsigned nr_bytes = 0;

	for (i = 0; i < nr; i++) {
		h = i * ODD;
		h ^= h >> 15;
		word = h; /* so that the next h is 0 for all of them */
		memcpy(key.local, &i, sizeof(i));
		memcpy(key.local + 4, &word, sizeof(word));
		h = owner_mark(owner_hash(&t.shared->secret, &key));
		nr_bytes += !is_byte[h];
		is_byte[h] = true;
	}
	assert_in_range(nr_bytes, nr - 30, nr);
}

/* What has left the table is forgotten; what is in one of its maps is not. */
static void test_marks_are_renewed(void **state)
{
	struct owner_key key;
	unsigned i;

	assert_int_equal(add(0, ROOM), ROOM);
	assert_int_equal(owner_table_grow(&t), 0);
	assert_int_equal(add(ROOM, 2 * ROOM), ROOM);
	for (i = 97; i < ROOM + 11; i++) {
		key = key_of(i);
		owner_table_remove(&t, &key);
	}
	owner_marks_renew(&t);
	assert_int_equal(nr_marked(0, 97), 97);
	assert_int_equal(nr_marked(ROOM + 11, 2 * ROOM), ROOM - 11);
	assert_in_range(nr_marked(97, ROOM + 11), 0, 40);
}

static void test_too_many_marks(void **state)
{
	t.max = 2 * OWNER_MARKS_RENEW;
	assert_int_equal(owner_table_grow(&t), 0);
	assert_int_equal(add(0, OWNER_MARKS_RENEW), OWNER_MARKS_RENEW);
	owner_marks_renew(&t);
	assert_int_equal(nr_marked(0, 100000), 100000);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_it_has_stays),
		TEST(test_grows),
		TEST(test_is_bounded),
		TEST(test_what_is_marked_may_be_there),
		TEST(test_marks_have_a_secret),
		TEST(test_marks_are_renewed),
		TEST(test_too_many_marks),
	};

	return cmocka_run_group_tests_name("owner_table", tests, NULL, NULL);
}
