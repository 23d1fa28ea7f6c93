/* SPDX-License-Identifier: GPL-2.0 */
/* A directory for each test of files that are made there, and what is in it. */
#ifndef FILE_PLACE_H
#define FILE_PLACE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_create.h"

/* Where each test starts; it is empty. */
static char home[] = "/tmp/file_create_test.XXXXXX";

static inline void put(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static inline void assert_holds(const char *path, const char *text)
{
	char buf[64] = "";
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, buf, sizeof(buf) - 1), strlen(text));
	assert_string_equal(buf, text);
	close(fd);
}

/* NAME is ours alone; its mode in full. */
static inline void assert_private(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(name, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_uid, geteuid());
	assert_int_equal(st.st_nlink, 1);
}

static inline void make(const char *name, const char *text)
{
	int fd = file_create(AT_FDCWD, name);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static inline void assert_refused(const char *name, int err)
{
	assert_int_equal(file_create(AT_FDCWD, name), err);
}

static inline int reader(const char *name)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK);

	assert_true(fd >= 0);
	return fd;
}

/* The way to PATH ends in the directory DIR, with NAME left. */
static inline void assert_leads(const char *path, const char *dir,
				const char *name)
{
	struct stat want, got;
	const char *rest;
	int fd = file_open_dir(path, &rest);

	assert_true(fd >= 0);
	assert_string_equal(rest, name);
	assert_true(rest >= path && rest <= path + strlen(path));
	assert_int_equal(fstat(fd, &got), 0);
	assert_int_equal(stat(dir, &want), 0);
	assert_int_equal(got.st_ino, want.st_ino);
	assert_int_equal(got.st_dev, want.st_dev);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

static inline void assert_leads_nowhere(const char *path, int err)
{
	const char *rest;

	assert_int_equal(file_open_dir(path, &rest), err);
}

static inline int enter(void **state)
{
	strcpy(home + sizeof(home) - 7, "XXXXXX");
	umask(022);
	unsetenv("SUDO_UID");
	return !mkdtemp(home) || chmod(home, 0755) || chdir(home);
}

static inline int leave(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", home);
	return chdir("/") || system(command);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, enter, leave)

#endif
