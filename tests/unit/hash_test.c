// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"

/* hash_add() adds the size too, as 8 bytes: 128-bit FNV-1a over both. */
static const struct {
	const char *text;
	const char *hash;
	uint64_t low;
} singles[] = {
	{"", "9d30c1f78465995be47dda5e4e4e77ed", 0xe47dda5e4e4e77ed},
	{"a", "19c3dbf8e5061a5c61631051cd9ca0c5", 0x61631051cd9ca0c5},
	{"foobar", "3517208da565faad4adddad261f9235e", 0x4adddad261f9235e},
};

static void test_init_is_the_offset_basis(void **state)
{
	struct hash h;
	char text[HASH_TEXT];

	/* RFC 9923, section 5: the value for no bytes at all. */
	hash_init(&h);
	hash_text(&h, text);
	assert_string_equal(text, "6c62272e07bb014262b821756295c58d");
	assert_true(hash_u64(&h) == 0x62b821756295c58d);
}

static void test_known_values(void **state)
{
	struct hash h;
	char text[HASH_TEXT];
	size_t i;

	for (i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
		hash_init(&h);
		hash_add(&h, singles[i].text, strlen(singles[i].text));
		hash_text(&h, text);
		assert_string_equal(text, singles[i].hash);
		assert_true(hash_u64(&h) == singles[i].low);
	}
}

static void hash_two(struct hash *h, const char *a, const char *b)
{
	hash_init(h);
	hash_add(h, a, strlen(a));
	hash_add(h, b, strlen(b));
}

static void test_where_parts_end_matters(void **state)
{
	struct hash one, two;

	hash_two(&one, "a", "bc");
	hash_two(&two, "ab", "c");
	assert_true(one.state != two.state);
	hash_two(&one, "", "ab");
	hash_two(&two, "ab", "");
	assert_true(one.state != two.state);
	hash_two(&one, "ab", "c");
	hash_two(&two, "ab", "c");
	assert_true(one.state == two.state);
}

static void test_leading_zeros_are_written(void **state)
{
	struct hash h = {.state = 0xab};
	char text[HASH_TEXT];

	hash_text(&h, text);
	assert_string_equal(text, "000000000000000000000000000000ab");
}

/* What the image reader relies on. */
static void test_every_bit_counts(void **state)
{
	unsigned char bytes[100];
	uint64_t right;
	struct hash h;
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = i * 37;
	hash_init(&h);
	hash_add(&h, bytes, sizeof(bytes));
	right = hash_u64(&h);
	for (i = 0; i < 8 * sizeof(bytes); i++) {
		bytes[i / 8] ^= 1 << i % 8;
		hash_init(&h);
		hash_add(&h, bytes, sizeof(bytes));
		assert_true(hash_u64(&h) != right);
		bytes[i / 8] ^= 1 << i % 8;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_init_is_the_offset_basis),
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_where_parts_end_matters),
		cmocka_unit_test(test_leading_zeros_are_written),
		cmocka_unit_test(test_every_bit_counts),
	};

	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
