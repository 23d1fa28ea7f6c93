// SPDX-License-Identifier: GPL-2.0
/* Files made where another user may write: what he plants is not written to. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <stdbool.h>
#include <cmocka.h>

#include "live/ns.h"
#include "unit/file_place.h"

#define OTHER 1234 /* a user, whether there is one or not */
#define RACES 3000

static void another_users(void **state)
{
	put("x", "theirs", 0666);
	assert_int_equal(chown("x", OTHER, OTHER), 0);
	assert_refused("x", -EUSERS);
	setenv("SUDO_UID", "1234", 1);
	assert_refused("x", -EUSERS);
	unsetenv("SUDO_UID");
	assert_holds("x", "theirs");
	assert_int_equal(chmod("x", 0), 0);
	assert_refused("x", -EUSERS);
}

/* He would read what is written. */
static void fifo_of_another_user(void **state)
{
	int r, fd;

	assert_int_equal(mkfifo("f", 0666), 0);
	assert_int_equal(chown("f", OTHER, OTHER), 0);
	r = reader("f");
	assert_refused("f", -EUSERS);
	setenv("SUDO_UID", "12345", 1);
	assert_refused("f", -EUSERS);
	setenv("SUDO_UID", "1234x", 1);
	assert_refused("f", -EUSERS);
	setenv("SUDO_UID", "1234", 1);
	fd = file_create(AT_FDCWD, "f");
	unsetenv("SUDO_UID");
	assert_true(fd >= 0);
	close(fd);
	close(r);
}

/* What FN returns as the user OTHER, in a process of its own. */
static int as_other(int (*fn)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		_exit(setresgid(OTHER, OTHER, OTHER) ||
				      setresuid(OTHER, OTHER, OTHER)
			      ? 100
			      : fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int create_mine(void)
{
	int fd = file_create(AT_FDCWD, "mine");

	return fd < 0 || file_trusts(OTHER + 1) || !file_trusts(OTHER) ||
	       !file_trusts(0);
}

static int create_roots(void)
{
	return -file_create(AT_FDCWD, "roots");
}

/* SUDO_UID is root's to believe. */
static int trust_named(void)
{
	setenv("SUDO_UID", "77", 1);
	return file_trusts(77);
}

static void without_root(void **state)
{
	struct stat st;

	put("roots", "root", 0666);
	assert_int_equal(chmod(".", 0777), 0);
	assert_int_equal(as_other(create_mine), 0);
	assert_int_equal(stat("mine", &st), 0);
	assert_int_equal(st.st_uid, OTHER);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(as_other(create_roots), EUSERS);
	assert_holds("roots", "root");
	assert_int_equal(as_other(trust_named), 0);
}

/* Any of it may fail: somebody else is busy there. */
static void try(int ret)
{
}

/* Something else each time one looks, until it is killed. */
static void plant(void)
{
	if (setresgid(OTHER, OTHER, OTHER) || setresuid(OTHER, OTHER, OTHER) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(1);
	for (;;) {
		try(symlink("../victim", "x"));
		try(unlink("x"));
		try(link("../victim", "x"));
		try(unlink("x"));
		try(mkfifo("x", 0666));
		try(unlink("x"));
		try(link("mine", "x"));
		try(unlink("x"));
		try(mkdir("x", 0777));
		try(rmdir("x"));
	}
}

/*
 * A file of root's that anybody may write to, and so give a second name, while
 * it is root that opens, looks and empties.
 */
static void somebody_is_quicker(void **state)
{
	unsigned nr_made = 0;
	struct stat st;
	pid_t pid;
	int i, fd;

	put("victim", "precious", 0666);
	assert_int_equal(mkdir("theirs", 0755), 0);
	assert_int_equal(chdir("theirs"), 0);
	put("mine", "", 0600);
	assert_int_equal(chown("mine", OTHER, OTHER), 0);
	assert_int_equal(chown(".", OTHER, OTHER), 0);
	pid = fork();
	if (!pid)
		plant();
	for (i = 0; i < RACES; i++) {
		fd = file_create(AT_FDCWD, "x");
		if (fd < 0)
			continue;
		nr_made++;
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0600);
		assert_int_equal(st.st_uid, 0);
		assert_int_equal(st.st_size, 0);
		assert_int_equal(write(fd, "data", 4), 4);
		close(fd);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(nr_made > 0);
	assert_holds("../victim", "precious");
}

static const struct {
	mode_t mode;
	uid_t dir, link;
	bool has_second_name;
	int err; /* else it is followed */
} ways[] = {
	{0755, 0, 0, false, 0},
	{0755, 0, OTHER, false, 0}, /* put there by root */
	{0755, 0, OTHER, true, 0},
	{0755, OTHER, 0, false, -EXDEV},
	{0755, OTHER, OTHER, false, -EXDEV},
	{0777, 0, 0, false, -EXDEV},
	{01777, 0, 0, false, 0},
	{01777, 0, 0, true, -EXDEV},
	{01777, 0, OTHER, false, -EXDEV},
	{01777, OTHER, 0, false, -EXDEV},
	{0775, 0, 0, false, 0},
	{0775, 0, 0, true, -EXDEV},
	{0775, 0, OTHER, false, -EXDEV},
};

static void links_of_others_on_the_way(void **state)
{
	size_t i;

	assert_int_equal(mkdir("to", 0755), 0);
	assert_int_equal(mkdir("d", 0755), 0);
	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		assert_int_equal(symlink("../to", "d/l"), 0);
		assert_int_equal(lchown("d/l", ways[i].link, 0), 0);
		if (ways[i].has_second_name)
			assert_int_equal(link("d/l", "second"), 0);
		assert_int_equal(chown("d", ways[i].dir, 0), 0);
		assert_int_equal(chmod("d", ways[i].mode), 0);
		if (ways[i].err)
			assert_leads_nowhere("d/l/x", ways[i].err);
		else
			assert_leads("d/l/x", "to", "x");
		/* Who called sudo(8) may have links of his own. */
		setenv("SUDO_UID", "1234", 1);
		if (ways[i].mode == 0755)
			assert_leads("d/l/x", "to", "x");
		unsetenv("SUDO_UID");
		assert_int_equal(unlink("d/l"), 0);
		if (ways[i].has_second_name)
			assert_int_equal(unlink("second"), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_users),
		TEST(fifo_of_another_user),
		TEST(without_root),
		TEST(somebody_is_quicker),
		TEST(links_of_others_on_the_way),
	};

	if (is_without_root())
		return 0;
	return cmocka_run_group_tests_name("files of others", tests, NULL,
					   NULL);
}
