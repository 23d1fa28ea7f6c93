// SPDX-License-Identifier: GPL-2.0
#include "base/file_create.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/parse.h"

#define PRIVATE 0600
#define TRIES 100 /* against somebody who replaces it all the time */

/* Who called sudo(8), else root. Nobody else can set root's environment. */
static uid_t caller(void)
{
	const char *uid = secure_getenv("SUDO_UID");
	struct parse_err ignored;
	uint64_t n;

	if (geteuid() || !uid || parse_u64(uid, 0, UINT32_MAX, &n, &ignored))
		return 0;
	return n;
}

bool file_trusts(uid_t uid)
{
	return !uid || uid == geteuid() || uid == caller();
}

static int descriptor_number(const char *path)
{
	static const char *const dirs[] = {"/dev/fd/", "/proc/self/fd/"};
	struct parse_err ignored;
	uint64_t n;
	size_t i, len;

	if (!strcmp(path, "-") || !strcmp(path, "/dev/stdout"))
		return STDOUT_FILENO;
	if (!strcmp(path, "/dev/stderr"))
		return STDERR_FILENO;
	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		len = strlen(dirs[i]);
		if (!strncmp(path, dirs[i], len) &&
		    !parse_u64(path + len, 0, INT_MAX, &n, &ignored))
			return n;
	}
	return -ENOENT;
}

int file_inherited(const char *path)
{
	int fd = descriptor_number(path), flags;

	if (fd < 0)
		return fd;
	/* What we open ourselves is closed on exec, what we were given not. */
	flags = fcntl(fd, F_GETFD);
	return flags < 0 || flags & FD_CLOEXEC ? -EBADF : fd;
}

int file_create_new(int dir, const char *path, mode_t mode)
{
	int fd = openat(dir, path,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY |
				O_CLOEXEC,
			mode);
	int err;

	if (fd < 0)
		return -errno;
	if (!fchmod(fd, mode))
		return fd;
	err = errno == EPERM ? -EOPNOTSUPP : -errno;
	close(fd);
	unlinkat(dir, path, 0);
	return err;
}

/* FAT takes a mode and keeps its own, as it keeps its own owner. */
static bool is_private(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IRWXG | S_IRWXO));
}

static int create_private(int dir, const char *name)
{
	int fd = file_create_new(dir, name, PRIVATE);

	if (fd < 0 || is_private(fd))
		return fd;
	close(fd);
	unlinkat(dir, name, 0);
	return -EOPNOTSUPP;
}

/* What is there already: is it ours to replace, or to write to? */
static int check(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return -ELOOP;
	if (S_ISDIR(st->st_mode))
		return -EISDIR;
	if (st->st_nlink > 1)
		return -EMLINK;
	if (S_ISREG(st->st_mode) && st->st_uid != geteuid())
		return -EUSERS;
	return S_ISFIFO(st->st_mode) && !file_trusts(st->st_uid) ? -EUSERS : 0;
}

/* A FIFO or a device; -ENOENT when it is none any more. */
static int open_special(int dir, const char *name)
{
	int fd = openat(dir, name,
			O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
				O_CLOEXEC);
	struct stat st;
	int err;

	if (fd < 0)
		return errno == ELOOP ? -ENOENT : -errno;
	err = fstat(fd, &st) ? -errno : check(&st);
	if (!err && S_ISREG(st.st_mode))
		err = -ENOENT;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* A descriptor, or -errno: -ENOENT when nothing is there any more. */
static int take_over(int dir, const char *name)
{
	struct stat st;
	int err;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	err = check(&st);
	if (err)
		return err;
	if (!S_ISREG(st.st_mode))
		return open_special(dir, name);
	/*
	 * What is removed, should another user have been quicker, is a name in
	 * a directory where he may remove names himself.
	 */
	return unlinkat(dir, name, 0) ? -errno : -ENOENT;
}

int file_create(int dir, const char *name)
{
	int i, fd;

	if (!*name)
		return -EISDIR;
	for (i = 0; i < TRIES; i++) {
		fd = create_private(dir, name);
		if (fd != -EEXIST)
			return fd;
		fd = take_over(dir, name);
		if (fd != -ENOENT)
			return fd;
	}
	return -EAGAIN;
}

const char *file_words(int err)
{
	switch (err) {
	case -EBADF:
		return "it was not open at the start (sudo closes all but 0, "
		       "1 and 2)";
	case -ELOOP:
		return "it is a symbolic link (name what it leads to)";
	case -EXDEV:
		return "a symbolic link on the way may be another user's "
		       "(name the directory that it leads to)";
	case -EMLINK:
		return "it has several names, hard links (remove it, or name "
		       "another)";
	case -EUSERS:
		return "its owner is not the user that this runs as (remove "
		       "it, or name another)";
	case -EOPNOTSUPP:
		return "its file system gives it to other users too (write to "
		       "stdout, and let the shell make the file)";
	case -EAGAIN:
		return "another process replaces it all the time";
	}
	return error_words(err);
}
