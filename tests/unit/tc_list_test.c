// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/tc_list.h"

/*
 * filter protocol all pref 29793 bpf chain 0 handle 0x1 tcpsnoop_tc_in:[7]
 * direct-action, as RTM_NEWTFILTER; the numbers in the byte order of x86.
 */
static const uint8_t bpf[] = {
	/* length 92, RTM_NEWTFILTER, NLM_F_MULTI, sequence 0, port 0 */
	0x5c, 0x00, 0x00, 0x00, 0x2c, 0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00,
	/* any family, ifindex 1, handle 1, parent ffff:fff2 */
	0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
	0xf2, 0xff, 0xff, 0xff,
	/* ETH_P_ALL in network order, priority 0x7461 */
	0x00, 0x03, 0x61, 0x74,
	/* TCA_KIND "bpf" */
	0x08, 0x00, 0x01, 0x00, 'b', 'p', 'f', 0x00,
	/* TCA_OPTIONS, nested flag set, 48 bytes */
	0x30, 0x00, 0x02, 0x80,
	/* TCA_BPF_FLAGS: TCA_BPF_FLAG_ACT_DIRECT */
	0x08, 0x00, 0x08, 0x00, 0x01, 0x00, 0x00, 0x00,
	/* TCA_BPF_NAME, 23 bytes and one of padding */
	0x17, 0x00, 0x07, 0x00, 't', 'c', 'p', 's', 'n', 'o', 'o', 'p', '_',
	't', 'c', '_', 'i', 'n', ':', '[', '7', ']', 0x00, 0x00,
	/* TCA_BPF_ID 7 */
	0x08, 0x00, 0x0b, 0x00, 0x07, 0x00, 0x00, 0x00,
	/* the end of TCA_OPTIONS */
	0x04, 0x00, 0x0c, 0x00};

_Static_assert(sizeof(bpf) == 92, "as its first word says");

#define KIND_AT 36
#define NAME_AT 56

/* In memory of just its size, so that a byte too far is noticed. */
static bool parse(const uint8_t *bytes, uint32_t size, struct tc_filter *f)
{
	uint8_t *copy = malloc(size);
	bool is_filter;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	memcpy(copy, &size, sizeof(size));
	memset(f, 0xa5, sizeof(*f));
	is_filter = tc_list_parse((const void *)copy, f);
	free(copy);
	return is_filter;
}

static void test_a_bpf_filter(void **state)
{
	struct tc_filter f;

	assert_true(parse(bpf, sizeof(bpf), &f));
	assert_int_equal(f.handle, 1);
	assert_int_equal(f.priority, 0x7461);
	assert_string_equal(f.kind, "bpf");
	assert_string_equal(f.name, "tcpsnoop_tc_in:[7]");
}

/* The same attribute is something else there. */
static void test_another_kind(void **state)
{
	uint8_t bytes[sizeof(bpf)];
	struct tc_filter f;

	memcpy(bytes, bpf, sizeof(bpf));
	memcpy(bytes + KIND_AT + 4, "u32", 4);
	assert_true(parse(bytes, sizeof(bytes), &f));
	assert_string_equal(f.kind, "u32");
	assert_string_equal(f.name, "");
}

static void test_another_message(void **state)
{
	uint8_t bytes[sizeof(bpf)];
	struct tc_filter f;

	memcpy(bytes, bpf, sizeof(bpf));
	bytes[4] = 0x2d; /* RTM_DELTFILTER */
	assert_false(parse(bytes, sizeof(bytes), &f));
}

/* The options are found as a whole or not at all, so is the kind. */
static void test_cut_short(void **state)
{
	struct tc_filter f;

	for (uint32_t size = 16; size < sizeof(bpf); size++) {
		assert_int_equal(parse(bpf, size, &f), size >= KIND_AT + 8);
		if (size < KIND_AT + 8)
			continue;
		assert_string_equal(f.kind, "bpf");
		assert_string_equal(f.name, "");
	}
}

static const struct {
	uint16_t len; /* of TCA_BPF_NAME, as it says */
	const char *name;
} lengths[] = {
	{0, ""},    /* less than its own header */
	{3, ""},    /* the same */
	{4, ""},    /* empty */
	{7, "tcp"}, /* without a NUL */
	{37, ""},   /* one more than its parent has */
	{0xffff, ""},
};

static void test_lengths_that_lie(void **state)
{
	uint8_t bytes[sizeof(bpf)];
	struct tc_filter f;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memcpy(bytes, bpf, sizeof(bpf));
		memcpy(bytes + NAME_AT, &lengths[i].len, 2);
		assert_true(parse(bytes, sizeof(bytes), &f));
		assert_string_equal(f.name, lengths[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_bpf_filter),
		cmocka_unit_test(test_another_kind),
		cmocka_unit_test(test_another_message),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_lengths_that_lie),
	};

	return cmocka_run_group_tests_name("tc_list", tests, NULL, NULL);
}
