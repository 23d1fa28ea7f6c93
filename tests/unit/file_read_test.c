// SPDX-License-Identifier: GPL-2.0
/* Files that others made, or change while they are read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_read.h"

#define LIMIT_S 30 /* a read that hangs fails by then */
#define NOBODY 65534

static char place[] = "/tmp/file_read_test.XXXXXX";

static int setup(void **state)
{
	alarm(LIMIT_S);
	return mkdtemp(place) ? chdir(place) : -1;
}

static int teardown(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", place);
	return system(command);
}

static void put(const char *name, const char *bytes, size_t size)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static int open_it(const char *name, int flags)
{
	struct stat st;

	return file_open(AT_FDCWD, name, flags, &st);
}

/* What file_read() says of NAME; its text, if any, is compared with WANT. */
static int read_it(const char *name, size_t max, const char *want, size_t size)
{
	int fd = open_it(name, 0), ret;
	char *text = NULL;
	size_t got = 0;

	assert_true(fd >= 0);
	ret = file_read(fd, max, &text, &got);
	close(fd);
	if (ret) {
		assert_null(text);
		return ret;
	}
	assert_int_equal(got, size);
	assert_memory_equal(text, want, size);
	assert_int_equal(text[got], 0);
	free(text);
	return 0;
}

static void test_whole(void **state)
{
	put("whole", "one\0two", 7);
	assert_int_equal(read_it("whole", 100, "one\0two", 7), 0);
	assert_int_equal(read_it("whole", 7, "one\0two", 7), 0);
	assert_int_equal(read_it("whole", 6, NULL, 0), -EFBIG);
	assert_int_equal(read_it("whole", 0, NULL, 0), -EFBIG);
	put("empty", "", 0);
	assert_int_equal(read_it("empty", 100, "", 0), 0);
	assert_int_equal(read_it("empty", 0, "", 0), 0);
}

/* Around the first buffer's size and beyond it, up to the limit. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = {4095, 4096, 4097, 4098, 65536, 100000};
	static char bytes[100001];
	size_t i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = 'a' + i % 23;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		put("sized", bytes, sizes[i]);
		assert_int_equal(read_it("sized", 100000, bytes, sizes[i]), 0);
		assert_int_equal(read_it("sized", sizes[i], bytes, sizes[i]),
				 0);
		assert_int_equal(read_it("sized", sizes[i] - 1, NULL, 0),
				 -EFBIG);
	}
	put("sized", bytes, 100001);
	assert_int_equal(read_it("sized", 100000, NULL, 0), -EFBIG);
}

static void test_ten_gigabytes(void **state)
{
	put("sparse", "", 0);
	assert_int_equal(truncate("sparse", 10ll << 30), 0);
	assert_int_equal(read_it("sparse", 1 << 20, NULL, 0), -EFBIG);
}

/* Files of the kernel say that they are empty. */
static void test_of_the_kernel(void **state)
{
	int fd = open_it("/proc/self/status", 0);
	char *text;
	size_t size;

	assert_int_equal(file_read(fd, 1 << 20, &text, &size), 0);
	assert_true(size > 100);
	assert_memory_equal(text, "Name:\t", 6);
	assert_int_equal(text[size - 1], '\n');
	free(text);
	close(fd);
}

static void socket_make(const char *name)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", name);
	assert_int_equal(bind(fd, (const void *)&a, sizeof(a)), 0);
	close(fd);
}

/* None of them is waited for. */
static void test_kinds(void **state)
{
	assert_int_equal(mkfifo("fifo", 0600), 0);
	socket_make("socket");
	put("file", "x", 1);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(symlink("fifo", "fifo-link"), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(open_it("fifo", 0), -ENXIO);
	assert_int_equal(open_it("fifo-link", 0), -ENXIO);
	assert_int_equal(open_it("socket", 0), -ENXIO);
	assert_int_equal(open_it("/dev/zero", 0), -ENXIO);
	assert_int_equal(open_it("/dev/tty", 0), -ENXIO);
	assert_int_equal(open_it("/", 0), -EISDIR);
	assert_int_equal(open_it(".", 0), -EISDIR);
	assert_int_equal(open_it("nosuch", 0), -ENOENT);
	assert_int_equal(open_it("file/x", 0), -ENOTDIR);
	assert_int_equal(open_it("loop", 0), -ELOOP);
	assert_int_equal(open_it("link", O_NOFOLLOW), -ELOOP);
	assert_int_equal(read_it("link", 1, "x", 1), 0);
}

/* To open a device may be to do something: not even a FIFO is opened. */
static void test_is_not_opened(void **state)
{
	int in = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	char events[4096];

	put("watched", "x", 1);
	assert_true(inotify_add_watch(in, "fifo", IN_OPEN) >= 0);
	assert_int_equal(open_it("fifo", 0), -ENXIO);
	assert_int_equal(read(in, events, sizeof(events)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_true(inotify_add_watch(in, "watched", IN_OPEN) >= 0);
	close(open_it("watched", 0));
	assert_true(read(in, events, sizeof(events)) > 0);
	close(in);
}

static void test_may_not_be_read(void **state)
{
	int status;
	pid_t pid;

	if (geteuid())
		skip();
	put("secret", "x", 1);
	assert_int_equal(chmod("secret", 0600), 0);
	assert_int_equal(chmod(place, 0755), 0);
	pid = fork();
	if (!pid)
		_exit(setresuid(NOBODY, NOBODY, NOBODY) ||
		      open_it("secret", 0) != -EACCES);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* What was opened is read, whatever has its name by then. */
static void test_replaced(void **state)
{
	char *text;
	size_t size;
	int fd;

	put("old", "old", 3);
	put("new", "newer", 5);
	fd = open_it("old", 0);
	assert_int_equal(rename("new", "old"), 0);
	assert_int_equal(file_read(fd, 10, &text, &size), 0);
	assert_int_equal(size, 3);
	assert_string_equal(text, "old");
	free(text);
	close(fd);
}

static atomic_bool is_over;

/* Cuts the file and lets it grow again, as long as the test runs. */
static void *unsteady(void *arg)
{
	int fd = open("unsteady", O_RDWR | O_CLOEXEC);

	while (!is_over)
		if (ftruncate(fd, 0) || ftruncate(fd, 1 << 20))
			return (void *)1;
	close(fd);
	return NULL;
}

static void test_cut_while_read(void **state)
{
	pthread_t thread;
	void *failed;
	char *text;
	size_t size;
	int i, fd;

	put("unsteady", "", 0);
	fd = open_it("unsteady", 0);
	assert_int_equal(pthread_create(&thread, NULL, unsteady, NULL), 0);
	for (i = 0; i < 300; i++) {
		assert_int_equal(file_read(fd, 1 << 20, &text, &size), 0);
		assert_true(size <= 1 << 20);
		assert_int_equal(text[size], 0);
		free(text);
	}
	is_over = true;
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
	close(fd);
}

static void test_faults(void **state)
{
	assert_string_equal(file_fault(-EISDIR), "it is a directory");
	assert_string_equal(file_fault(-ENXIO), "it is not a regular file");
	assert_string_equal(file_fault(-EFBIG), "it is too large");
	assert_string_equal(file_fault(-ENOENT), strerror(ENOENT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_ten_gigabytes),
		cmocka_unit_test(test_of_the_kernel),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_is_not_opened),
		cmocka_unit_test(test_may_not_be_read),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_cut_while_read),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests_name("file_read", tests, setup, teardown);
}
