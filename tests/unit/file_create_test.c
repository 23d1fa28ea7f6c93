// SPDX-License-Identifier: GPL-2.0
/* Files that are made: their modes, what is in their place, the way to it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <cmocka.h>

#include "unit/file_place.h"

static void any_umask(void **state)
{
	static const mode_t masks[] = {0, 022, 077, 0777};
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(masks) / sizeof(*masks); i++) {
		umask(masks[i]);
		make("x", "abc");
		umask(022);
		assert_private("x");
		assert_holds("x", "abc");
		assert_int_equal(unlink("x"), 0);
		umask(masks[i]);
		close(file_create_new(AT_FDCWD, "y", 0644));
		umask(022);
		assert_int_equal(stat("y", &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0644);
		assert_int_equal(unlink("y"), 0);
	}
}

/* Who had the old one open has the old one, of whatever mode. */
static void one_of_ours_is_replaced(void **state)
{
	int before;
	char c;

	put("x", "old and longer", 0666);
	before = open("x", O_RDWR);
	make("x", "new");
	assert_private("x");
	assert_holds("x", "new");
	assert_int_equal(pread(before, &c, 1, 0), 1);
	assert_int_equal(c, 'o');
	assert_int_equal(pwrite(before, "!", 1, 0), 1);
	close(before);
	assert_holds("x", "new");
	make("x", "");
	assert_holds("x", "");
}

static void links(void **state)
{
	put("victim", "precious", 0600);
	assert_int_equal(symlink("victim", "to-file"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(symlink(".", "to-dir"), 0);
	assert_int_equal(symlink("/dev/null", "to-device"), 0);
	assert_refused("to-file", -ELOOP);
	assert_refused("dangling", -ELOOP);
	assert_refused("to-dir", -ELOOP);
	assert_refused("to-device", -ELOOP);
	assert_int_equal(access("nowhere", F_OK), -1);
	assert_int_equal(file_create_new(AT_FDCWD, "dangling", 0600), -EEXIST);
	assert_int_equal(link("victim", "second"), 0);
	assert_refused("second", -EMLINK);
	assert_refused("victim", -EMLINK);
	assert_holds("victim", "precious");
}

static void not_files(void **state)
{
	struct sockaddr_un sun = {AF_UNIX, "socket"};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(mkdir("dir", 0700), 0);
	assert_refused("dir", -EISDIR);
	assert_refused(".", -EISDIR);
	assert_refused("", -EISDIR);
	assert_refused("none/x", -ENOENT);
	assert_int_equal(bind(fd, (void *)&sun, sizeof(sun)), 0);
	assert_refused("socket", -ENXIO);
	close(fd);
	fd = file_create(AT_FDCWD, "/dev/null");
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	fd = file_create(AT_FDCWD, "/dev/full");
	assert_int_equal(write(fd, "x", 1), -1);
	close(fd);
}

static void fifo_of_ours(void **state)
{
	char text[8] = "";
	int fd, r;

	assert_int_equal(mkfifo("f", 0600), 0);
	assert_refused("f", -ENXIO);
	r = reader("f");
	fd = file_create(AT_FDCWD, "f");
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(read(r, text, sizeof(text)), 3);
	assert_string_equal(text, "abc");
	close(fd);
	assert_int_equal(link("f", "g"), 0);
	assert_refused("f", -EMLINK);
	close(r);
}

static void inherited(void **state)
{
	char path[32];
	int p[2];

	assert_int_equal(file_inherited("-"), 1);
	assert_int_equal(file_inherited("/dev/stdout"), 1);
	assert_int_equal(file_inherited("/dev/stderr"), 2);
	assert_int_equal(file_inherited("/dev/fd/0"), 0);
	assert_int_equal(pipe(p), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", p[1]);
	assert_int_equal(file_inherited(path), p[1]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[1]);
	assert_int_equal(file_inherited(path), p[1]);
	assert_int_equal(fcntl(p[1], F_SETFD, FD_CLOEXEC), 0);
	assert_int_equal(file_inherited(path), -EBADF);
	close(p[0]);
	close(p[1]);
	assert_int_equal(file_inherited(path), -EBADF);
	assert_int_equal(file_inherited("x"), -ENOENT);
	assert_int_equal(file_inherited("/dev/fd"), -ENOENT);
	assert_int_equal(file_inherited("/dev/fd/"), -ENOENT);
	assert_int_equal(file_inherited("/dev/fd/-1"), -ENOENT);
	assert_int_equal(file_inherited("/dev/fd/1x"), -ENOENT);
	assert_int_equal(file_inherited("/dev/fd/4294967297"), -ENOENT);
	assert_int_equal(file_inherited("/proc/1/fd/1"), -ENOENT);
}

static void plain_ways(void **state)
{
	char path[PATH_MAX + 2];

	assert_int_equal(mkdir("a", 0755), 0);
	assert_int_equal(mkdir("a/b", 0755), 0);
	put("file", "", 0600);
	assert_leads("x", ".", "x");
	assert_leads("./x", ".", "x");
	assert_leads("a/x", "a", "x");
	assert_leads("a//b/.././b///x", "a/b", "x");
	assert_leads("a/b/", "a/b", "");
	assert_leads("/x", "/", "x");
	assert_leads("/", "/", "");
	snprintf(path, sizeof(path), "%s/a/x", home);
	assert_leads(path, "a", "x");
	assert_leads_nowhere("", -ENOENT);
	assert_leads_nowhere("none/x", -ENOENT);
	assert_leads_nowhere("none/../x", -ENOENT);
	assert_leads_nowhere("file/x", -ENOTDIR);
	memset(path, 'x', sizeof(path));
	path[NAME_MAX + 1] = '/';
	path[PATH_MAX + 1] = '\0';
	assert_leads_nowhere(path, -ENAMETOOLONG);
	path[PATH_MAX] = '/';
	assert_leads_nowhere(path, -ENAMETOOLONG);
}

static void links_of_ours_on_the_way(void **state)
{
	char path[PATH_MAX];

	assert_int_equal(mkdir("a", 0755), 0);
	assert_int_equal(mkdir("a/b", 0755), 0);
	assert_int_equal(symlink("a", "l"), 0);
	assert_int_equal(symlink("../l/b", "a/l"), 0);
	assert_int_equal(symlink(home, "a/abs"), 0);
	assert_int_equal(symlink("turn", "turn"), 0);
	assert_int_equal(symlink("none", "dangling"), 0);
	assert_leads("l/x", "a", "x");
	assert_leads("l/l/x", "a/b", "x");
	assert_leads("l/l/../x", "a", "x");
	assert_leads("a/abs/l/b/x", "a/b", "x");
	assert_leads("/proc/self/cwd/a/x", "a", "x");
	assert_leads_nowhere("turn/x", -ELOOP);
	assert_leads_nowhere("dangling/x", -ENOENT);
	/* What grows beyond all bounds. */
	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(symlink(path, "long"), 0);
	assert_leads_nowhere("long/a/x", -ENAMETOOLONG);
}

/* The directory is held, not its path. */
static void the_way_changes(void **state)
{
	const char *name;
	int dir;

	assert_int_equal(mkdir("d", 0755), 0);
	assert_int_equal(mkdir("other", 0755), 0);
	dir = file_open_dir("d/x", &name);
	assert_int_equal(rename("d", "was-d"), 0);
	assert_int_equal(symlink("other", "d"), 0);
	assert_int_equal(chdir("other"), 0);
	close(file_create(dir, name));
	assert_int_equal(chdir(".."), 0);
	assert_private("was-d/x");
	assert_int_equal(access("other/x", F_OK), -1);
	assert_int_equal(unlink("was-d/x"), 0);
	assert_int_equal(rmdir("was-d"), 0);
	assert_int_equal(file_create(dir, name), -ENOENT);
	close(dir);
}

static void words(void **state)
{
	assert_string_equal(file_words(-ENOENT), "No such file or directory");
	assert_string_equal(file_words(-ELOOP),
			    "it is a symbolic link (name what it leads to)");
	assert_string_equal(file_words(-EMFILE),
			    "too many open files (raise the limit: ulimit -n)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_umask),       TEST(one_of_ours_is_replaced),
		TEST(links),	       TEST(not_files),
		TEST(fifo_of_ours),    TEST(inherited),
		TEST(plain_ways),      TEST(links_of_ours_on_the_way),
		TEST(the_way_changes), TEST(words),
	};

	return cmocka_run_group_tests_name("file_create", tests, NULL, NULL);
}
