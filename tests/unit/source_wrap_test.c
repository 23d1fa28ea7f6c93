// SPDX-License-Identifier: GPL-2.0
/* A user's text with another function in place of one of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compile/source_wrap.h"

static void assert_wrapped(const char *text, const char *more, const char *want)
{
	char *got = source_wrap(text, "own.c", "f", more);

	assert_non_null(got);
	assert_string_equal(got, want);
	free(got);
}

static void the_new_one_stands_behind_the_old(void **state)
{
	assert_wrapped(
		"int a;\n"
		"int f(int x) { return g(\"}\") + '}'; /* } */ }\n"
		"int b = f(1);\n",
		"int f(int x) { return source_f(x) && 1; }\n",
		"int a;\n"
		"int source_f(int x) { return g(\"}\") + '}'; /* } */ }\n"
		"#line 1 \"options\"\n"
		"int f(int x) { return source_f(x) && 1; }\n"
		"#line 2 \"own.c\"\n"
		"\n"
		"int b = f(1);\n");
}

/* Neither a comment, nor a call, nor a declaration is it. */
static void the_definition_is_found(void **state)
{
	assert_wrapped("/* f() {} */\nint f(int);\nint g(void) { f(1); }\n"
		       "int f(int x)\n{\n\tif (x) {\n\t}\n}\n",
		       "int f(int x) {}\n",
		       "/* f() {} */\nint f(int);\nint g(void) { f(1); }\n"
		       "int source_f(int x)\n{\n\tif (x) {\n\t}\n}\n"
		       "#line 1 \"options\"\n"
		       "int f(int x) {}\n"
		       "#line 8 \"own.c\"\n\n");
}

static void what_it_brings_has_names_of_its_own(void **state)
{
	assert_wrapped("int f(void) {}",
		       "struct frame {\n\tint a;\n};\n"
		       "enum { FIRST = 1 };\n"
		       "static inline int is_port(u16 p)\n{\n}\n"
		       "static inline struct frame *frame_get(void)\n{\n}\n"
		       "static inline int f(void)\n{\n}\n",
		       "int source_f(void) {}\n#line 1 \"options\"\n"
		       "#define frame option_frame\n"
		       "#define FIRST option_FIRST\n"
		       "#define is_port option_is_port\n"
		       "#define frame_get option_frame_get\n"
		       "struct frame {\n\tint a;\n};\n"
		       "enum { FIRST = 1 };\n"
		       "static inline int is_port(u16 p)\n{\n}\n"
		       "static inline struct frame *frame_get(void)\n{\n}\n"
		       "static inline int f(void)\n{\n}\n"
		       "#undef frame\n#undef FIRST\n#undef is_port\n"
		       "#undef frame_get\n"
		       "#line 1 \"own.c\"\n");
}

static void nothing_to_wrap(void **state)
{
	static const char *const texts[] = {
		"",
		"int x;",
		"int f(int);",
		"f",
		"f(",
		"int f(void) {",
		"\"int f(void) {}\"",
		"// int f(void) {}\n",
		"int ff(void) {}",
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		errno = 0;
		assert_null(source_wrap(texts[i], "own.c", "f", "int f;"));
		assert_int_equal(errno, ENOENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_new_one_stands_behind_the_old),
		cmocka_unit_test(the_definition_is_found),
		cmocka_unit_test(what_it_brings_has_names_of_its_own),
		cmocka_unit_test(nothing_to_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
