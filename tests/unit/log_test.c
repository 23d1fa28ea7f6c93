// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"

static int saved_stderr;
static int pipe_fds[2];

static void capture(void)
{
	assert_int_equal(pipe(pipe_fds), 0);
	saved_stderr = dup(STDERR_FILENO);
	dup2(pipe_fds[1], STDERR_FILENO);
	close(pipe_fds[1]);
}

/* What was said since capture(). */
static const char *captured(void)
{
	static char text[3 * PIPE_BUF];
	size_t len = 0;
	ssize_t n;

	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	while ((n = read(pipe_fds[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	close(pipe_fds[0]);
	text[len] = '\0';
	return text;
}

static void say_all(void)
{
	log_err("cannot attach to %s", "eth9");
	log_warn("warned");
	log_info("told %d", 2);
	log_debug("detail");
}

static void test_levels(void **state)
{
	log_init("tool");
	assert_string_equal(log_program(), "tool");

	capture();
	say_all();
	assert_string_equal(captured(), "tool: cannot attach to eth9\n"
					"tool: warned\n"
					"tool: told 2\n");
	assert_false(log_is_verbose());

	log_set_level(LOG_QUIET);
	capture();
	say_all();
	assert_string_equal(captured(), "tool: cannot attach to eth9\n");

	log_set_level(LOG_VERBOSE);
	assert_true(log_is_verbose());
	capture();
	say_all();
	assert_string_equal(captured(), "tool: cannot attach to eth9\n"
					"tool: warned\n"
					"tool: told 2\n"
					"tool: detail\n");
	log_set_level(LOG_NORMAL);
}

static void test_no_forged_lines(void **state)
{
	capture();
	log_err("no file '%s'", "a\ntool: all is well\033[2J\t\x7f\xc2\x9b"
				"caf\xc3\xa9");
	assert_string_equal(captured(), "tool: no file 'a?tool: all is well?[2J"
					"?\?\?\?caf\xc3\xa9'\n");
}

static void test_block(void **state)
{
	capture();
	log_block("filter:1:14: error\n\n\ta \033[1mb\n");
	log_block("");
	log_block("no newline");
	assert_string_equal(captured(), "  filter:1:14: error\n"
					"  \n"
					"  \ta ?[1mb\n"
					"  no newline\n");
}

static void test_long_lines_are_cut(void **state)
{
	char text[2 * PIPE_BUF];
	const char *got;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	capture();
	log_err("%s", text);
	got = captured();
	assert_int_equal(strlen(got), PIPE_BUF);
	assert_memory_equal(got, "tool: xxx", 9);
	assert_int_equal(got[PIPE_BUF - 1], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_no_forged_lines),
		cmocka_unit_test(test_block),
		cmocka_unit_test(test_long_lines_are_cut),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
