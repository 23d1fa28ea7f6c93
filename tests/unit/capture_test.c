// SPDX-License-Identifier: GPL-2.0
/* How much of a packet comes along, and the sizes of --rotate-size. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <cmocka.h>

#include "front/capture.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *write;
	uint32_t snaplen;
	bool want_hex;
	uint32_t want;
} lens[] = {
	{NULL, 128, false, 0}, /* -s means nothing without -w */
	{NULL, 0, false, 0},
	{NULL, 128, true, 4096},
	{NULL, 65000, true, 4096},
	{"x", 128, false, 128},
	{"x", 1, false, 1},
	{"x", 65000, false, 65000},
	{"x", 0, false, 65000}, /* all that fits into an event */
	/* The larger of the two. */
	{"x", 128, true, 4096},
	{"x", 4095, true, 4096},
	{"x", 4096, true, 4096},
	{"x", 4097, true, 4097},
	{"x", 0, true, 65000},
};

static void test_bytes_that_come_along(void **state)
{
	size_t i;

	for (i = 0; i < NR(lens); i++) {
		const struct capture_opts o = {.write = lens[i].write,
					       .snaplen = lens[i].snaplen};

		assert_int_equal(capture_len(&o, lens[i].want_hex),
				 lens[i].want);
	}
}

static const struct {
	const char *arg;
	uint64_t want; /* 0: refused */
} sizes[] = {
	{"1", 1},
	{"500K", 500 << 10},
	{"100M", 100 << 20},
	{"2G", 2ull << 30},
	{"1073741824", 1 << 30},
	{"1073741824G", 1ull << 60},
	{"1073741825", 0}, /* so that no unit overflows */
	{"1073741825K", 0},
	{"0", 0},
	{"0K", 0},
	{"", 0},
	{"K", 0},
	{"-1", 0},
	{"+1", 0},
	{" 1", 0},
	{"1 K", 0},
	{"1k", 0},
	{"1KB", 0},
	{"1KK", 0},
	{"1T", 0},
	{"0x10", 0},
	{"1.5G", 0},
	{"1e3", 0},
	{"9999999999999999999999999999999M", 0},
	/* 31 digits, and 32, whose first 31 would do. */
	{"0000000000000000000000000000001", 1},
	{"00000000000000000000000000000015", 0},
};

static void test_sizes(void **state)
{
	struct parse_err err;
	uint64_t size;
	char want[128];
	size_t i;

	for (i = 0; i < NR(sizes); i++) {
		size = 7;
		err.text[0] = '\0';
		if (sizes[i].want) {
			assert_int_equal(capture_opt_size(NULL, sizes[i].arg,
							  &size, &err),
					 0);
			assert_int_equal(size, sizes[i].want);
			continue;
		}
		assert_int_equal(
			capture_opt_size(NULL, sizes[i].arg, &size, &err),
			-EINVAL);
		assert_int_equal(size, 7);
		/* The whole of it is named, and how one looks. */
		snprintf(want, sizeof(want), "'%s' is ", sizes[i].arg);
		assert_memory_equal(err.text, want, strlen(want));
		assert_non_null(strstr(err.text, "100M"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_that_come_along),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
