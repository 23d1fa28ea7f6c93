// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "kernel/netns.h"
#include "live/ns.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static pid_t other; /* a process with a network namespace of its own */
static char err[256];

static ino_t netns_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static ino_t netns_here(void)
{
	return netns_of("/proc/thread-self/ns/net");
}

static ino_t netns_there(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", other);
	return netns_of(path);
}

static int open_other(void)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", other);
	return netns_open(pid, err, sizeof(err));
}

static void test_open_by_process_and_path(void **state)
{
	char path[64];
	struct stat st;
	int fd = open_other();

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_ino, netns_there());
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", other);
	fd = netns_open(path, err, sizeof(err));
	assert_true(fd >= 0);
	close(fd);
}

/*
 * In a child with a /run of its own; a link does for the mount that ip-netns
 * makes. 0, or the number of what went wrong.
 */
static int run_by_name(void)
{
	char path[64];
	int fd;

	if (mounts_unshare() || mount("run", "/run", "tmpfs", 0, NULL))
		return SKIPPED;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", other);
	if (mkdir("/run/netns", 0755) || symlink(path, "/run/netns/web"))
		return 1;
	fd = netns_open("web", err, sizeof(err));
	if (fd < 0)
		return 2;
	close(fd);
	return netns_open("wob", err, sizeof(err)) == -ENOENT ? 0 : 3;
}

static void test_open_by_name(void **state)
{
	child_check(run_by_name, NO_DISK);
}

#define NOT_FOUND "neither a process nor a name of 'ip netns'"

static const struct {
	const char *spec;
	int ret;
	const char *sentence;
} wrong[] = {
	{"", -ENOENT, "no network namespace '': " NOT_FOUND},
	{"no-such-name", -ENOENT,
	 "no network namespace 'no-such-name': " NOT_FOUND},
	/* Above the largest process id that Linux gives. */
	{"4194305", -ENOENT, "no network namespace '4194305': " NOT_FOUND},
	{"99999999999999999999", -ENOENT,
	 "no network namespace '99999999999999999999': " NOT_FOUND},
	{"/nowhere/net", -ENOENT,
	 "no network namespace '/nowhere/net': " NOT_FOUND},
	{"/proc/self/exe/net", -ENOTDIR,
	 "no network namespace '/proc/self/exe/net': Not a directory"},
	{"/proc/self/ns/mnt", -EINVAL,
	 "'/proc/self/ns/mnt' is not a network namespace"},
	{"/proc/self/exe", -EINVAL,
	 "'/proc/self/exe' is not a network namespace"},
	{"/dev/null", -EINVAL, "'/dev/null' is not a network namespace"},
	{"/", -EINVAL, "'/' is not a network namespace"},
	{"..", -EINVAL, "'..' is not a network namespace"},
};

static void test_what_is_none(void **state)
{
	size_t i;

	for (i = 0; i < NR(wrong); i++) {
		if (!strcmp(wrong[i].spec, "..") && access("/run/netns", F_OK))
			continue;
		assert_int_equal(netns_open(wrong[i].spec, err, sizeof(err)),
				 wrong[i].ret);
		assert_string_equal(err, wrong[i].sentence);
	}
}

static void test_a_name_too_long(void **state)
{
	char spec[PATH_MAX + 1];

	memset(spec, 'a', PATH_MAX);
	spec[PATH_MAX] = '\0';
	errno = 0;
	assert_int_equal(netns_open(spec, err, sizeof(err)), -ENAMETOOLONG);
	assert_string_equal(err + strlen(err) - 24, "aaa': File name too long");
	assert_int_equal(strncmp(err, "no network namespace '...aaa", 28), 0);
	memset(spec, '1', PATH_MAX);
	errno = ENOENT;
	assert_int_equal(netns_open(spec, err, sizeof(err)), -ENAMETOOLONG);
}

static void test_enter_and_leave(void **state)
{
	int fd = open_other(), previous;
	ino_t here = netns_here();

	assert_true(here != netns_there());
	previous = netns_enter(fd);
	assert_true(previous >= 0);
	assert_int_equal(netns_here(), netns_there());
	netns_leave(previous);
	assert_int_equal(netns_here(), here);
	assert_int_equal(fcntl(previous, F_GETFD), -1);
	close(fd);
}

static void test_enter_none(void **state)
{
	ino_t here = netns_here();

	assert_int_equal(netns_enter(-1), -1);
	assert_int_equal(netns_here(), here);
	netns_leave(-1);
	netns_leave(-EPERM - 1);
	assert_int_equal(netns_here(), here);
}

/* -errno - 1, so that EPERM is not taken for "none". */
static void test_enter_something_else(void **state)
{
	int fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	ino_t here = netns_here();

	assert_int_equal(netns_enter(fd), -EINVAL - 1);
	assert_int_equal(netns_here(), here);
	close(fd);
}

static int netns_unshare(const void *arg)
{
	return unshare(CLONE_NEWNET);
}

static int setup(void **state)
{
	other = child_start(netns_unshare, NULL);
	return other > 0 ? 0 : -1;
}

static int teardown(void **state)
{
	return child_kill(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_by_process_and_path),
		cmocka_unit_test(test_open_by_name),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_a_name_too_long),
		cmocka_unit_test(test_enter_and_leave),
		cmocka_unit_test(test_enter_none),
		cmocka_unit_test(test_enter_something_else),
	};

	if (is_without_root())
		return 0;
	return cmocka_run_group_tests_name("netns", tests, setup, teardown);
}
