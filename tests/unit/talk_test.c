// SPDX-License-Identifier: GPL-2.0
/* What clang says, of several versions, as people get to read it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "compile/talk.h"

static void check(const char *talk, const char *expected)
{
	char *edited = talk_edit(strdup(talk), "mine.c");

	assert_string_equal(edited, expected);
	free(edited);
}

static void names_the_text(void **state)
{
	check("/virtual/main.c:3:1: error: in /virtual/main.c: no\n",
	      "mine.c:3:1: error: in mine.c: no\n");
	check("", "");
	check("no newline", "no newline\n");
}

static void cuts_numbers(void **state)
{
	check("/virtual/main.c:9:5: error: no such word\n"
	      "   12 | \treturn dprt == 81;\n"
	      "      | \t       ^~~~\n"
	      "      | \t       dport\n"
	      "/virtual/main.c:1000:1: note: several\n"
	      " 1003 |   a |\n"
	      "      |   ~~~\n"
	      " 1004 |   b;\n"
	      "      |\n"
	      "1 error generated.\n",
	      "mine.c:9:5: error: no such word\n"
	      "\treturn dprt == 81;\n"
	      "\t       ^~~~\n"
	      "\t       dport\n"
	      "mine.c:1000:1: note: several\n"
	      "  a |\n"
	      "  ~~~\n"
	      "  b;\n"
	      "\n"
	      "1 error generated.\n");
}

/* Before clang 17 a line of the text stands there as it is. */
static void leaves_the_text(void **state)
{
	static const char *const talks[] = {
		"mine.c:1:1: error: no\n  12 | x;\n  ^\n",
		"mine.c:1:1: error: no\n  | x;\n  ^\n",
		"mine.c:1:1: error: no\n| x;\n| y;\n",
		"mine.c:1:1: error: no\n  12 | x;\n",
	};

	for (size_t i = 0; i < sizeof(talks) / sizeof(*talks); i++)
		check(talks[i], talks[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_text),
		cmocka_unit_test(cuts_numbers),
		cmocka_unit_test(leaves_the_text),
	};

	return cmocka_run_group_tests_name("talk", tests, NULL, NULL);
}
