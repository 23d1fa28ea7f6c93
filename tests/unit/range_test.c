// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/range.h"

#define MAX128 (~(u128)0)

/* "1-3 7-7": small numbers only. */
static const char *text_of(const struct range_set *set)
{
	static char text[256];
	size_t i, len = 0;

	text[0] = '\0';
	for (i = 0; i < set->nr; i++)
		len += snprintf(text + len, sizeof(text) - len, "%s%llu-%llu",
				i ? " " : "",
				(unsigned long long)set->r[i].first,
				(unsigned long long)set->r[i].last);
	return text;
}

static const struct {
	unsigned int in[5][2];
	size_t nr;
	const char *text;
} merges[] = {
	{{{80, 80}}, 1, "80-80"},
	{{{80, 80}, {443, 443}}, 2, "80-80 443-443"},
	{{{443, 443}, {80, 80}}, 2, "80-80 443-443"},
	{{{80, 80}, {80, 80}}, 2, "80-80"},
	{{{80, 80}, {81, 81}}, 2, "80-81"},
	{{{81, 81}, {80, 80}}, 2, "80-81"},
	{{{80, 80}, {82, 82}}, 2, "80-80 82-82"},
	{{{80, 80}, {82, 82}, {81, 81}}, 3, "80-82"},
	{{{1, 9}, {3, 4}}, 2, "1-9"},
	{{{3, 4}, {1, 9}}, 2, "1-9"},
	{{{1, 5}, {4, 9}}, 2, "1-9"},
	{{{4, 9}, {1, 5}}, 2, "1-9"},
	{{{1, 2}, {5, 6}, {9, 10}, {20, 21}, {4, 11}}, 5, "1-2 4-11 20-21"},
	{{{1, 2}, {5, 6}, {9, 10}, {20, 21}, {0, 30}}, 5, "0-30"},
	{{{5, 6}, {9, 10}, {20, 21}, {1, 2}, {13, 14}},
	 5,
	 "1-2 5-6 9-10 13-14 20-21"},
};

static void test_sorted_and_merged(void **state)
{
	struct range_set set;
	size_t i, k;

	for (i = 0; i < sizeof(merges) / sizeof(merges[0]); i++) {
		memset(&set, 0, sizeof(set));
		for (k = 0; k < merges[i].nr; k++)
			assert_int_equal(range_set_add(&set, merges[i].in[k][0],
						       merges[i].in[k][1]),
					 0);
		assert_string_equal(text_of(&set), merges[i].text);
		range_set_free(&set);
	}
}

static void test_both_ends_of_128_bits(void **state)
{
	struct range_set set = {0};

	assert_int_equal(range_set_add(&set, MAX128, MAX128), 0);
	assert_int_equal(range_set_add(&set, 0, 0), 0);
	assert_int_equal(set.nr, 2);
	assert_true(range_set_has(&set, MAX128));
	assert_false(range_set_has(&set, MAX128 - 1));
	assert_int_equal(range_set_add(&set, 1, MAX128 - 1), 0);
	assert_int_equal(set.nr, 1);
	assert_true(set.r[0].first == 0 && set.r[0].last == MAX128);
	assert_int_equal(range_set_add(&set, 0, MAX128), 0);
	assert_int_equal(set.nr, 1);
	range_set_free(&set);
}

static void test_has_only_what_was_added(void **state)
{
	struct range_set set = {0};
	unsigned int i;

	assert_false(range_set_has(&set, 0));
	for (i = 10; i < 4000; i += 10)
		assert_int_equal(range_set_add(&set, i, i + 2), 0);
	assert_int_equal(set.nr, 399);
	for (i = 0; i < 4010; i++)
		assert_int_equal(range_set_has(&set, i),
				 i >= 10 && i < 4000 && i % 10 < 3);
	range_set_free(&set);
}

static void test_free_leaves_an_empty_set(void **state)
{
	struct range_set set = {0};

	range_set_free(NULL);
	assert_int_equal(range_set_add(&set, 1, 2), 0);
	range_set_free(&set);
	assert_null(set.r);
	assert_int_equal(set.nr, 0);
	range_set_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted_and_merged),
		cmocka_unit_test(test_both_ends_of_128_bits),
		cmocka_unit_test(test_has_only_what_was_added),
		cmocka_unit_test(test_free_leaves_an_empty_set),
	};

	return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
