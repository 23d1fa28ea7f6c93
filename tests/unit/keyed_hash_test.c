// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/keyed_hash.h"

#define SIPHASH_PAPER 2, 4 /* the rounds that its authors publish values for */

static const struct siphash_key counting = {
	{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
static const struct siphash_key zero;

/* Of the bytes 0, 1, 2 ..., so many. */
static uint64_t hash_of(const struct siphash_key *key, unsigned size,
			unsigned nr, unsigned nr_end)
{
	uint8_t bytes[64];
	unsigned i;

	for (i = 0; i < size; i++)
		bytes[i] = i;
	return siphash(key, bytes, size, nr, nr_end);
}

/* From vectors.h of the reference implementation, vectors_sip64. */
static void test_two_and_four_rounds(void **state)
{
	static const struct {
		unsigned size;
		uint64_t hash;
	} known[] = {
		{0, 0x726fdb47dd0e0e31},  {1, 0x74f839c593dc67fd},
		{2, 0x0d6c8009d9a94f5a},  {3, 0x85676696d7fb7e2d},
		{7, 0xab0200f58b01d137},  {8, 0x93f5f5799a932462},
		{14, 0xf723ca908e7af2ee}, {15, 0xa129ca6149be45e5},
		{16, 0x3f2acc7f57c29bdb}, {63, 0x958a324ceb064572},
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_true(hash_of(&counting, known[i].size, SIPHASH_PAPER) ==
			    known[i].hash);
}

/*
 * The reference implementation with cROUNDS=1 and dROUNDS=3; those with the key
 * zero also as hash() of Python 3.11 and later with PYTHONHASHSEED=0.
 */
static void test_one_and_three_rounds(void **state)
{
	static const struct {
		const struct siphash_key *key;
		unsigned size;
		uint64_t hash;
	} known[] = {
		{&counting, 0, 0xabac0158050fc4dc},
		{&counting, 1, 0xc9f49bf37d57ca93},
		{&counting, 7, 0xd3927d989bb11140},
		{&counting, 8, 0x369095118d299a8e},
		{&counting, 9, 0x25a48eb36c063de4},
		{&counting, 15, 0xd320d86d2a519956},
		{&zero, 0, 0xd1fba762150c532c},
		{&zero, 1, 0x68a914128e01e473},
		{&zero, 8, 0xead411e67ebe2eea},
		{&zero, 36, 0xac77921fcc642bd3},
		{&zero, 40, 0x95bc321ab41d8206},
		{&zero, 56, 0xa4f0cf4ba4adc016},
		{&zero, 63, 0x385d3e39e5f37359},
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_true(hash_of(known[i].key, known[i].size,
				    SIPHASH_TABLE) == known[i].hash);
}

static int by_number(const void *a, const void *b)
{
	const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return x < y ? -1 : x > y;
}

static size_t nr_different(unsigned *hashes, size_t nr)
{
	size_t i, found = nr > 0;

	qsort(hashes, nr, sizeof(*hashes), by_number);
	for (i = 1; i < nr; i++)
		found += hashes[i] != hashes[i - 1];
	return found;
}

/*
 * What was used before took in a word as h = (h ^ word) * ODD and h ^= h >> 29.
 * Where two words differ in their BITS highest bits only, so do the products,
 * whatever the key, and the shift has the same difference once more, 29 bits
 * lower. A next word with both differences takes them back: 4^BITS pairs of
 * words had 2^BITS hashes. In an IPv6 address those are bits of the last two
 * bytes of its /64 and of the interface's number, so one /48 has them all.
 */
#define BITS 8

static void test_no_collisions_for_every_key(void **state)
{
	unsigned hashes[1 << 2 * BITS];
	size_t nr = 1 << 2 * BITS, i;
	uint64_t top, fix;
	struct {
		uint64_t addr[4];
		uint32_t ports, ip;
	} flow = {.addr = {0, 0, 0x01}, .ports = 0x0050c001, .ip = 6};

	for (i = 0; i < nr; i++) {
		top = (i >> BITS) << (64 - BITS);
		fix = (i & ((1 << BITS) - 1)) << (64 - BITS);
		flow.addr[0] = 0x0120 | top; /* 2001:... and so on */
		flow.addr[1] = fix ^ fix >> 29;
		hashes[i] = keyed_hash(&flow, sizeof(flow));
	}
	/* Of so many at random, a pair has the same 32 bits every other time. */
	assert_in_range(nr_different(hashes, nr), nr - 8, nr);
}

static void test_has_a_key_of_its_own(void **state)
{
	struct siphash_key one = {}, two = {};

	keyed_hash_key(&one);
	keyed_hash_key(&two);
	assert_memory_not_equal(&one, &zero, sizeof(one));
	assert_memory_not_equal(&one, &two, sizeof(one));
	assert_int_not_equal(keyed_hash("abc", 3),
			     (unsigned)siphash(&zero, "abc", 3, SIPHASH_TABLE));
	assert_int_equal(keyed_hash("abc", 3), keyed_hash("abc", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_and_four_rounds),
		cmocka_unit_test(test_one_and_three_rounds),
		cmocka_unit_test(test_no_collisions_for_every_key),
		cmocka_unit_test(test_has_a_key_of_its_own),
	};

	return cmocka_run_group_tests_name("keyed_hash", tests, NULL, NULL);
}
