// SPDX-License-Identifier: GPL-2.0
/* Padding in the text of btf_dump. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "compile/btf_pads.h"

static void becomes(const char *text, const char *want)
{
	char *named = btf_pads_name(text);

	assert_non_null(named);
	assert_string_equal(named, want);
	free(named);
}

static void test_without_padding(void **state)
{
	becomes("", "");
	becomes("struct a {\n\tint b;\n};\n", "struct a {\n\tint b;\n};\n");
	becomes("no newline", "no newline");
	becomes("long: 64;\n", "long: 64;\n"); /* no member of anything */
	becomes("\tlong b: 64;\n\tlong: 32;\n", "\tlong b: 64;\n\tlong: 32;\n");
}

/* As ns_common of 7.3: an array a run, each of a name of its own. */
static void test_runs(void **state)
{
	becomes("struct a {\n"
		"\tstruct {\n"
		"\t\tint b;\n"
		"\t\tlong: 64;\n"
		"\t\tlong: 64;\n"
		"\t\tlong: 64;\n"
		"\t};\n"
		"\tint: 32;\n"
		"\tlong: 64;\n"
		"\tlong c;\n"
		"\tlong: 64;\n"
		"\tlong: 64;\n"
		"};\n",
		"struct a {\n"
		"\tstruct {\n"
		"\t\tint b;\n"
		"\t\tlong __pad0[3];\n"
		"\t};\n"
		"\tint: 32;\n"
		"\tlong __pad1[1];\n"
		"\tlong c;\n"
		"\tlong __pad2[2];\n"
		"};\n");
}

/* The same place and size for what follows, by the compiler's account. */
struct bits {
	int a;
	long : 64;
	long : 64;
	int b;
	int : 32;
	long : 64;
};
struct named {
	int a;
	long pad0[2];
	int b;
	int : 32;
	long pad1[1];
};

static void test_layout(void **state)
{
	assert_int_equal(offsetof(struct bits, b), offsetof(struct named, b));
	assert_int_equal(sizeof(struct bits), sizeof(struct named));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_padding),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_layout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
