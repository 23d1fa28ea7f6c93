// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(fails),
		cmocka_unit_test(reads_proc),
		cmocka_unit_test(reads_below_a_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
