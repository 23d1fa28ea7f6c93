// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.c"

#define LINE "one\ntwo\n"

/* A file with SIZE bytes of LINE, again and again; its path. */
static const char *file_make(size_t size)
{
	static char path[32];
	size_t i;
	int fd;

	strcpy(path, "/tmp/fd_test.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	for (i = 0; i < size; i++)
		assert_int_equal(write(fd, &LINE[i % strlen(LINE)], 1), 1);
	close(fd);
	return path;
}

static void assert_read(size_t file_size, size_t room, size_t want)
{
	const char *path = file_make(file_size);
	char text[64];
	size_t i;

	memset(text, 'x', sizeof(text));
	assert_int_equal(fd_read_file(path, text, room), want);
	for (i = 0; i < want; i++)
		assert_int_equal(text[i], LINE[i % strlen(LINE)]);
	assert_int_equal(text[want], 0);
	assert_int_equal(text[room], 'x');
	unlink(path);
}

static void reads_a_file(void **state)
{
	assert_read(0, 16, 0);
	assert_read(8, 16, 8);
	assert_read(15, 16, 15);
	assert_read(16, 16, 15);
	assert_read(40, 16, 15);
	assert_read(40, 1, 0);
}

static void fails(void **state)
{
	char text[16] = "before";

	assert_int_equal(fd_read_file("/nosuch", text, sizeof(text)), -ENOENT);
	assert_string_equal(text, "");
	strcpy(text, "before");
	assert_int_equal(fd_read_file("/tmp", text, sizeof(text)), -EISDIR);
	assert_string_equal(text, "");
}

static void reads_proc(void **state)
{
	char text[16];

	assert_int_equal(fd_read_file("/proc/self/comm", text, sizeof(text)),
			 strlen("fd_test\n"));
	assert_string_equal(text, "fd_test\n");
}

static void reads_below_a_directory(void **state)
{
	int dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[16];

	assert_int_equal(fd_read_file_at(dir, "comm", text, sizeof(text)),
			 strlen("fd_test\n"));
	assert_string_equal(text, "fd_test\n");
	assert_int_equal(fd_read_file_at(dir, "nosuch", text, sizeof(text)),
			 -ENOENT);
	assert_string_equal(text, "");
	close(dir);
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* Some of 100 to 110, of which CLOSE takes 102 to 105, and all from 109 on. */
static void check_close(int (*close_range)(unsigned first, unsigned last))
{
	static const int fds[] = {101, 102, 104, 105, 106, 109, 900};
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		assert_int_equal(dup2(STDERR_FILENO, fds[i]), fds[i]);
	assert_int_equal(close_range(102, 105), 0);
	assert_int_equal(close_range(109, ~0u), 0);
	assert_true(is_open(101));
	assert_false(is_open(102));
	assert_false(is_open(104));
	assert_false(is_open(105));
	assert_true(is_open(106));
	assert_false(is_open(109));
	assert_false(is_open(900));
	assert_int_equal(close_range(101, 106), 0);
	assert_false(is_open(101));
	assert_false(is_open(106));
	assert_true(is_open(STDERR_FILENO));
}

static void closes_a_range(void **state)
{
	check_close(fd_close_range);
}

static void closes_what_it_finds(void **state)
{
	check_close(close_found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(fails),
		cmocka_unit_test(reads_proc),
		cmocka_unit_test(reads_below_a_directory),
		cmocka_unit_test(closes_a_range),
		cmocka_unit_test(closes_what_it_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
