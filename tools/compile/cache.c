// SPDX-License-Identifier: GPL-2.0
#include "compile/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file_create.h"
#include "compile/image.h"

#define TEMPORARY ".new-"
#define TEMPORARY_MAX_AGE 3600 /* seconds: left by a process that died */

/* 0 when ST is ours alone: our user's, and closed to all others. */
static int stat_check(const struct stat *st, mode_t kind)
{
	if ((st->st_mode & S_IFMT) != kind)
		return kind == S_IFDIR ? -ENOTDIR : -EINVAL;
	if (st->st_uid != geteuid())
		return -EPERM;
	if (st->st_mode & 077)
		return -EACCES;
	return 0;
}

int cache_open(const char *path)
{
	struct stat st;
	int fd, err;

	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ELOOP ? -ENOTDIR : -errno;
	err = fstat(fd, &st) ? -errno : stat_check(&st, S_IFDIR);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

int cache_load(int dir, const char *name, void **bytes, size_t *size)
{
	/* O_NONBLOCK: a FIFO under our name must not hold us. */
	int fd = openat(dir, name,
			O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	*bytes = NULL;
	err = fstat(fd, &st) ? -errno : stat_check(&st, S_IFREG);
	if (!err && (st.st_nlink != 1 || !st.st_size))
		err = -EINVAL;
	if (!err && st.st_size > IMAGE_MAX)
		err = -EFBIG;
	if (!err) {
		*size = st.st_size;
		*bytes = malloc(*size);
		err = *bytes ? fd_read_all(fd, *bytes, *size) : -ENOMEM;
	}
	/* What is used is young: the oldest go first. */
	if (!err)
		futimens(fd, NULL);
	close(fd);
	if (err)
		free(*bytes);
	return err;
}

static bool is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec
				      : a->tv_nsec < b->tv_nsec;
}

/* The oldest image and how many there are; old temporary files go. */
static size_t cache_survey(int dir, char *oldest, size_t oldest_size)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct timespec first = {};
	time_t now = time(NULL);
	struct dirent *e;
	struct stat st;
	size_t nr = 0;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((e = readdir(d))) {
		if (fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			continue;
		if (!strncmp(e->d_name, TEMPORARY, strlen(TEMPORARY))) {
			if (st.st_mtime + TEMPORARY_MAX_AGE < now)
				unlinkat(dir, e->d_name, 0);
			continue;
		}
		if (!nr++ || is_older(&st.st_mtim, &first)) {
			first = st.st_mtim;
			snprintf(oldest, oldest_size, "%s", e->d_name);
		}
	}
	closedir(d);
	return nr;
}

static void cache_bound(int dir)
{
	char oldest[NAME_MAX + 1];

	while (cache_survey(dir, oldest, sizeof(oldest)) > CACHE_IMAGES)
		if (unlinkat(dir, oldest, 0))
			return;
}

int cache_store(int dir, const char *name, const void *bytes, size_t size)
{
	char temporary[NAME_MAX + 1];
	int fd, err;

	snprintf(temporary, sizeof(temporary), TEMPORARY "%d", getpid());
	unlinkat(dir, temporary, 0);
	fd = file_create_new(dir, temporary, 0600);
	if (fd < 0)
		return fd;
	err = fd_write_all(fd, bytes, size);
	/* Some file systems tell only here that there was no room. */
	if (close(fd) && !err)
		err = -errno;
	if (!err && renameat(dir, temporary, dir, name))
		err = -errno;
	if (err) {
		unlinkat(dir, temporary, 0);
		return err;
	}
	cache_bound(dir);
	return 0;
}
