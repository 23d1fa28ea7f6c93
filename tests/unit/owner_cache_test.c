// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/owner_cache.h"

static struct owner_cache *c;

static const struct owner_key key_a = {.local = {[15] = 1}, .lport = 80};
static const struct siphash_key secret = {{1, 2}};
static const struct owner_cached nginx = {
	.answer = OWNER_KNOWN,
	.owner = {.pid = 7, .comm = "nginx"},
};

static const struct owner_cached *get(const struct owner_key *key,
				      uint64_t now_ns)
{
	return owner_cache_get(c, key, owner_hash(&secret, key), now_ns);
}

static void put(const struct owner_key *key, uint64_t until_ns,
		const struct owner_cached *what)
{
	owner_cache_put(c, key, owner_hash(&secret, key), until_ns, what);
}

static void drop(const struct owner_key *key)
{
	owner_cache_drop(c, key, owner_hash(&secret, key));
}

static void test_is_good_until_its_time(void **state)
{
	const struct owner_cached *got;

	assert_null(get(&key_a, 0));
	put(&key_a, 100, &nginx);
	got = get(&key_a, 99);
	assert_non_null(got);
	assert_int_equal(got->owner.pid, 7);
	assert_string_equal(got->owner.comm, "nginx");
	assert_null(get(&key_a, 100));
}

static void test_each_byte_of_the_key_counts(void **state)
{
	struct owner_key key;
	size_t i;

	put(&key_a, 100, &nginx);
	for (i = 0; i < sizeof(key); i++) {
		key = key_a;
		((uint8_t *)&key)[i] ^= 0x80;
		assert_null(get(&key, 0));
	}
}

static void test_drops_only_what_is_meant(void **state)
{
	struct owner_key key = key_a;

	put(&key_a, 100, &nginx);
	key.rport = 1;
	drop(&key);
	assert_non_null(get(&key_a, 0));
	drop(&key_a);
	assert_null(get(&key_a, 0));
}

static void test_remembers_what_is_not_there(void **state)
{
	const struct owner_cached none = {};

	put(&key_a, 100, &none);
	assert_non_null(get(&key_a, 0));
	assert_int_equal(get(&key_a, 0)->answer, OWNER_NONE);
}

/* 1,000 connections to one port keep apart, as far as there is room. */
static void test_spreads(void **state)
{
	struct owner_key key = key_a;
	size_t nr = 0;

	for (key.rport = 0; key.rport < 1000; key.rport++)
		put(&key, 100, &nginx);
	for (key.rport = 0; key.rport < 1000; key.rport++)
		nr += get(&key, 0) != NULL;
	assert_true(nr > 850);
}

static int setup(void **state)
{
	c = owner_cache_new();
	return c ? 0 : -1;
}

static int teardown(void **state)
{
	owner_cache_free(c);
	owner_cache_free(NULL);
	return 0;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_is_good_until_its_time),
		TEST(test_each_byte_of_the_key_counts),
		TEST(test_drops_only_what_is_meant),
		TEST(test_remembers_what_is_not_there),
		TEST(test_spreads),
	};

	return cmocka_run_group_tests_name("owner_cache", tests, NULL, NULL);
}
