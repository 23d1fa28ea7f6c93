// SPDX-License-Identifier: GPL-2.0
/* Drop reasons by name, as the numbers that a kernel's BTF has for them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <cmocka.h>

#include "front/skb_macros.h"

/* As Linux 6 has them, and one of a subsystem, whose upper half is a number. */
static struct btf *small_kernel(void)
{
	struct btf *b = btf__new_empty();

	assert_non_null(b);
	assert_true(btf__add_enum(b, "skb_drop_reason", 4) > 0);
	assert_int_equal(btf__add_enum_value(b, "SKB_NOT_DROPPED_YET", 0), 0);
	assert_int_equal(btf__add_enum_value(b, "SKB_CONSUMED", 1), 0);
	assert_int_equal(btf__add_enum_value(b, "SKB_DROP_REASON_NO_SOCKET", 3),
			 0);
	assert_int_equal(btf__add_enum_value(b, "SKB_DROP_REASON_XDP", 62), 0);
	assert_int_equal(btf__add_enum_value(b, "SKB_DROP_REASON_FAR", 0x10005),
			 0);
	return b;
}

/* The reasons of B, which is freed; NULL: of a kernel without BTF. */
static struct drop_reasons *reasons_of(struct btf *b)
{
	struct drop_reasons *r;
	struct btf_raw raw;
	uint32_t size;
	const void *bytes;

	if (!b)
		return drop_reasons_new(NULL);
	bytes = btf__raw_data(b, &size);
	assert_int_equal(btf_raw_open(&raw, bytes, size), 0);
	r = drop_reasons_new(&raw);
	btf_raw_close(&raw);
	btf__free(b);
	assert_non_null(r);
	return r;
}

static const struct {
	const char *names[4];
	const char *text, *without_btf;
} cases[] = {
	{{NULL}, "#define is_it(reason) (0)\n", "#define is_it(reason) (0)\n"},
	{{"XDP"},
	 "#define is_it(reason) (0 || (reason) == 62)\n",
	 "#define is_it(reason) (0)\n"},
	/* In the order of the names; what this kernel lacks is left out. */
	{{"FAR", "CPU_BACKLOG", "NO_SOCKET"},
	 "#define is_it(reason) (0 || (reason) == 65541 || (reason) == 3)\n",
	 "#define is_it(reason) (0)\n"},
	/* Number 0 is one like the others. */
	{{"NOT_DROPPED_YET"},
	 "#define is_it(reason) (0 || (reason) == 0)\n",
	 "#define is_it(reason) (0)\n"},
	/* A name is whole and without its prefix. */
	{{"SOCKET", "NO_SOCK", "SKB_CONSUMED"},
	 "#define is_it(reason) (0)\n",
	 "#define is_it(reason) (0)\n"},
};

static void check(const struct drop_reasons *r, const char *const *names,
		  const char *want)
{
	struct strbuf b = {};
	char *text;

	skb_macros_reasons(&b, r, "is_it", names);
	text = strbuf_take(&b, NULL);
	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void test_reasons(void **state)
{
	struct drop_reasons *r = reasons_of(small_kernel());
	struct drop_reasons *none = reasons_of(NULL);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check(r, cases[i].names, cases[i].text);
		check(none, cases[i].names, cases[i].without_btf);
	}
	drop_reasons_free(r);
	drop_reasons_free(none);
	drop_reasons_free(NULL);
}

static void test_names_and_numbers(void **state)
{
	struct drop_reasons *r = reasons_of(small_kernel());

	assert_int_equal(drop_reason_find(r, "NO_SOCKET"), 3);
	assert_int_equal(drop_reason_find(r, "SKB_DROP_REASON_NO_SOCKET"),
			 -ENOENT);
	assert_string_equal(drop_reason_name(r, 3), "NO_SOCKET");
	assert_string_equal(drop_reason_name(r, 1), "CONSUMED");
	assert_string_equal(drop_reason_name(r, 0x10005), "FAR");
	assert_string_equal(drop_reason_name(r, 0x20005), "0x20005");
	assert_string_equal(drop_reason_name(r, UINT32_MAX), "0xffffffff");
	drop_reasons_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_names_and_numbers),
	};

	return cmocka_run_group_tests_name("skb_macros", tests, NULL, NULL);
}
