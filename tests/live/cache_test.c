// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "compile/cache.h"
#include "compile/image.h"
#include "live/ns.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define NOBODY 65534

/* Each test starts in an empty directory, with the cache in "cache". */
static char home[] = "/tmp/cache_test.XXXXXX";
static int cache;

static int count_files(int dir)
{
	DIR *d = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY));
	struct dirent *e;
	int nr = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		nr += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	closedir(d);
	return nr;
}

static void assert_loads(const char *name, const char *expected)
{
	void *bytes;
	size_t size;

	assert_int_equal(cache_load(cache, name, &bytes, &size), 0);
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(bytes, expected, size);
	free(bytes);
}

static void store(const char *name, const char *text)
{
	assert_int_equal(cache_store(cache, name, text, strlen(text)), 0);
}

static void make_file(const char *path, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void test_directory_is_made(void **state)
{
	struct stat st;

	assert_int_equal(stat("cache", &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	assert_int_equal(st.st_uid, 0);
	close(cache);
	cache = cache_open("cache");
	assert_true(cache >= 0);
	assert_int_equal(fcntl(cache, F_GETFD), FD_CLOEXEC);
	assert_int_equal(cache_open("nowhere/cache"), -ENOENT);
}

static const struct {
	mode_t mode;
	uid_t owner;
	int ret;
} directories[] = {
	{0750, 0, -EACCES},	{0710, 0, -EACCES},	{0701, 0, -EACCES},
	{0704, 0, -EACCES},	{0702, 0, -EACCES},	{0777, 0, -EACCES},
	{0700, NOBODY, -EPERM}, {0777, NOBODY, -EPERM},
};

static void test_directories_that_are_not_ours_alone(void **state)
{
	size_t i;

	for (i = 0; i < NR(directories); i++) {
		assert_int_equal(chmod("cache", directories[i].mode), 0);
		assert_int_equal(chown("cache", directories[i].owner, 0), 0);
		assert_int_equal(cache_open("cache"), directories[i].ret);
	}
}

static void test_no_directory_at_all(void **state)
{
	make_file("file", 0600);
	assert_int_equal(cache_open("file"), -ENOTDIR);
	assert_int_equal(symlink("cache", "link"), 0);
	assert_int_equal(cache_open("link"), -ENOTDIR);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(cache_open("dangling"), -ENOTDIR);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(cache_open("fifo"), -ENOTDIR);
}

static void test_store_and_load(void **state)
{
	struct stat st;
	void *bytes;
	size_t size;

	assert_int_equal(cache_load(cache, "a", &bytes, &size), -ENOENT);
	store("a", "first");
	store("b", "second");
	assert_loads("a", "first");
	store("a", "third");
	assert_loads("a", "third");
	assert_loads("b", "second");
	assert_int_equal(fstatat(cache, "a", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(count_files(cache), 2);
}

static void make_symlink(void)
{
	make_file("cache/other", 0600);
	assert_int_equal(symlink("other", "cache/x"), 0);
}

static void make_fifo(void)
{
	assert_int_equal(mkfifo("cache/x", 0600), 0);
}

static void make_socket(void)
{
	struct sockaddr_un addr = {AF_UNIX, "cache/x"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
}

static void make_directory(void)
{
	assert_int_equal(mkdir("cache/x", 0700), 0);
}

static void make_foreign(void)
{
	make_file("cache/x", 0600);
	assert_int_equal(chown("cache/x", NOBODY, 0), 0);
}

static void make_group_readable(void)
{
	make_file("cache/x", 0640);
}

static void make_writable_by_others(void)
{
	make_file("cache/x", 0602);
}

static void make_hard_link(void)
{
	make_file("other", 0600);
	assert_int_equal(link("other", "cache/x"), 0);
}

static void make_empty(void)
{
	make_file("cache/x", 0600);
	assert_int_equal(truncate("cache/x", 0), 0);
}

static void make_too_large(void)
{
	make_file("cache/x", 0600);
	assert_int_equal(truncate("cache/x", IMAGE_MAX + 1), 0);
}

static void make_as_large_as_may_be(void)
{
	make_file("cache/x", 0600);
	assert_int_equal(truncate("cache/x", IMAGE_MAX), 0);
}

static const struct {
	void (*make)(void);
	int ret;
} files[] = {
	{make_symlink, -ELOOP},
	{make_fifo, -EINVAL},
	{make_socket, -ENXIO},
	{make_directory, -EINVAL},
	{make_foreign, -EPERM},
	{make_group_readable, -EACCES},
	{make_writable_by_others, -EACCES},
	{make_hard_link, -EINVAL},
	{make_empty, -EINVAL},
	{make_too_large, -EFBIG},
	{make_as_large_as_may_be, 0},
};

static void test_files_that_we_would_not_leave(void **state)
{
	void *bytes;
	size_t i, size;

	alarm(20); /* a FIFO must not hold us */
	for (i = 0; i < NR(files); i++) {
		files[i].make();
		assert_int_equal(cache_load(cache, "x", &bytes, &size),
				 files[i].ret);
		if (!files[i].ret) {
			assert_int_equal(size, IMAGE_MAX);
			free(bytes);
		}
		assert_int_equal(remove("cache/x"), 0);
	}
	alarm(0);
}

/* Nothing is written through what somebody put under our names. */
static void test_store_follows_nothing(void **state)
{
	char temporary[64];
	struct stat st;

	make_file("victim", 0600);
	snprintf(temporary, sizeof(temporary), "cache/.new-%d", getpid());
	assert_int_equal(symlink("../victim", "cache/a"), 0);
	assert_int_equal(symlink("../victim", temporary), 0);
	store("a", "mine");
	assert_loads("a", "mine");
	assert_int_equal(stat("victim", &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(count_files(cache), 1);

	make_directory();
	assert_int_equal(cache_store(cache, "x", "y", 1), -EISDIR);
	assert_int_equal(count_files(cache), 2);
}

static void set_age(const char *path, time_t seconds, long ns)
{
	/* Once: the clock's next second may come between two files. */
	static time_t now;
	struct timespec ts[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = ns}};

	now = now ?: time(NULL);
	ts[1].tv_sec = now - seconds;
	assert_int_equal(utimensat(AT_FDCWD, path, ts, 0), 0);
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

/* The oldest go first, to the nanosecond. */
static void test_bounded_number(void **state)
{
	char name[32];
	int i;

	for (i = 0; i < CACHE_IMAGES + 10; i++) {
		snprintf(name, sizeof(name), "cache/%d", i);
		make_file(name, 0600);
		set_age(name, 1000, 1000 - i);
	}
	assert_int_equal(mkdir("cache/tree", 0700), 0);
	store("new", "x");
	assert_int_equal(count_files(cache), CACHE_IMAGES + 1);
	for (i = 0; i < CACHE_IMAGES + 10; i++) {
		snprintf(name, sizeof(name), "cache/%d", i);
		assert_int_equal(exists(name), i < CACHE_IMAGES - 1);
	}
	assert_true(exists("cache/new"));
	assert_true(exists("cache/tree"));
	store("new", "y");
	assert_true(exists("cache/62"));
	store("newer", "z");
	assert_false(exists("cache/62"));
}

static void test_old_temporaries_go(void **state)
{
	make_file("cache/.new-1", 0600);
	make_file("cache/.new-2", 0600);
	set_age("cache/.new-1", 3700, 0);
	set_age("cache/.new-2", 3500, 0);
	store("a", "x");
	assert_false(exists("cache/.new-1"));
	assert_true(exists("cache/.new-2"));
	assert_int_equal(count_files(cache), 2);
}

/* In a child: the disk has 64 kB. 0, or the number of what went wrong. */
static int run_full_disk(void)
{
	static char large[256 << 10];
	void *bytes;
	size_t size;

	if (mounts_unshare() ||
	    mount("small", "cache", "tmpfs", 0, "size=64k,mode=0700"))
		return SKIPPED;
	cache = cache_open("cache");
	if (cache < 0)
		return 1;
	if (cache_store(cache, "a", "small", 5))
		return 2;
	if (cache_store(cache, "a", large, sizeof(large)) != -ENOSPC ||
	    cache_store(cache, "b", large, sizeof(large)) != -ENOSPC)
		return 3;
	if (count_files(cache) != 1)
		return 4;
	if (cache_load(cache, "a", &bytes, &size) || size != 5 ||
	    memcmp(bytes, "small", 5))
		return 5;
	return cache_store(cache, "b", large, 32 << 10) ? 6 : 0;
}

static void test_full_disk_leaves_nothing(void **state)
{
	child_check(run_full_disk, NO_DISK);
}

static int setup(void **state)
{
	strcpy(home + strlen(home) - 6, "XXXXXX");
	assert_non_null(mkdtemp(home));
	assert_int_equal(chdir(home), 0);
	cache = cache_open("cache");
	assert_true(cache >= 0);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	return remove(path);
}

static int teardown(void **state)
{
	close(cache);
	assert_int_equal(chdir("/"), 0);
	return nftw(home, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_directory_is_made),
		TEST(test_directories_that_are_not_ours_alone),
		TEST(test_no_directory_at_all),
		TEST(test_store_and_load),
		TEST(test_files_that_we_would_not_leave),
		TEST(test_store_follows_nothing),
		TEST(test_bounded_number),
		TEST(test_old_temporaries_go),
		TEST(test_full_disk_leaves_nothing),
	};

	if (is_without_root())
		return 0;
	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
