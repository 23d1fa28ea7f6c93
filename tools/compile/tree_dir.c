// SPDX-License-Identifier: GPL-2.0
#include "compile/tree_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file_create.h"
#include "base/stop.h"

#define STALE_S 3600
#define YOUNG_S 10
#define LOCK_TRIES 200
#define LOCK_PAUSE_NS 5000000

/* The directories on the way to PATH. */
static int make_parents(int dir, const char *path)
{
	char part[PATH_MAX];
	const char *p = path;

	while ((p = strchr(p, '/'))) {
		snprintf(part, sizeof(part), "%.*s", (int)(p - path), path);
		if (mkdirat(dir, part, 0755)) {
			if (errno != EEXIST)
				return -errno;
		} else if (fchmodat(dir, part, 0755, 0)) {
			return -errno;
		}
		p++;
	}
	return 0;
}

int tree_dir_write(int dir, const char *path, const char *text, size_t size)
{
	int fd = file_create_new(dir, path, 0644), err;

	if (fd == -ENOENT) {
		err = make_parents(dir, path);
		if (err)
			return err;
		fd = file_create_new(dir, path, 0644);
	}
	if (fd < 0)
		return fd;
	err = fd_write_all(fd, text, size);
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int tree_dir_open(const char *path)
{
	return tree_dir_open_at(AT_FDCWD, path);
}

int tree_dir_open_at(int at, const char *path)
{
	int fd = openat(at, path,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (st.st_uid != geteuid())
		err = -EPERM;
	else if (st.st_mode & 022)
		err = -EACCES;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* Who removes a tree holds it for a moment; others have no business with it. */
static int lock_share(int fd)
{
	const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(fd, LOCK_SH | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK)
			return -errno;
		if (stop_is_asked())
			return -EINTR;
		nanosleep(&pause, NULL);
	}
	return -EBUSY;
}

int tree_dir_hold(const char *path)
{
	int fd = tree_dir_open(path), err = 0;
	struct stat st;

	if (fd < 0)
		return fd;
	err = lock_share(fd);
	if (!err && fstat(fd, &st))
		err = -errno;
	if (!err && !st.st_nlink)
		err = -ENOENT;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* A file of ours with SIZE bytes, which nobody else may write. */
static bool is_ours(int fd, size_t size)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() && !(st.st_mode & 022) &&
	       (size_t)st.st_size == size;
}

char *tree_dir_read(int dir, const char *path, size_t size)
{
	/* In a directory of ours there is no device. */
	int fd = openat(dir, path,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char *text = NULL;

	if (fd < 0)
		return NULL;
	if (is_ours(fd, size))
		text = malloc(size + 1);
	if (text && fd_read_all(fd, text, size)) {
		free(text);
		text = NULL;
	}
	if (text)
		text[size] = 0;
	close(fd);
	return text;
}

bool tree_dir_has(int dir, const char *path, const char *want, size_t size)
{
	char *text = tree_dir_read(dir, path, size);
	bool has = text && !memcmp(text, want, size);

	free(text);
	return has;
}

/* Closes DIR. */
static void remove_below(int dir)
{
	DIR *d = fdopendir(dir);
	struct dirent *de;

	if (!d) {
		close(dir);
		return;
	}
	while ((de = readdir(d)))
		if (strcmp(de->d_name, ".") && strcmp(de->d_name, ".."))
			tree_dir_remove_at(dir, de->d_name);
	closedir(d);
}

void tree_dir_remove_at(int at, const char *path)
{
	int dir = openat(at, path,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0) {
		unlinkat(at, path, 0);
		return;
	}
	remove_below(dir);
	unlinkat(at, path, AT_REMOVEDIR);
}

void tree_dir_remove(const char *path)
{
	tree_dir_remove_at(AT_FDCWD, path);
}

/* Whether NAME below PLACE was left behind: nobody holds its lock. */
static bool is_abandoned(int place, const char *name)
{
	int fd = openat(place, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool is_free;

	if (fd < 0)
		return false;
	/* A young one may be about to be locked. */
	is_free = !fstat(fd, &st) && st.st_uid == geteuid() &&
		  st.st_mtime < time(NULL) - YOUNG_S &&
		  !flock(fd, LOCK_EX | LOCK_NB);
	close(fd);
	return is_free;
}

static void sweep(const char *place, const char *prefix)
{
	size_t len = strlen(prefix);
	DIR *d = opendir(place);
	struct dirent *de;

	if (!d)
		return;
	while (!stop_is_asked() && (de = readdir(d))) {
		if (strncmp(de->d_name, prefix, len) ||
		    de->d_name[len] != '.' ||
		    !is_abandoned(dirfd(d), de->d_name))
			continue;
		tree_dir_remove_at(dirfd(d), de->d_name);
	}
	closedir(d);
}

int tree_dir_temporary(const char *place, const char *prefix, char *path,
		       size_t size)
{
	int fd, err;

	sweep(place, prefix);
	if (snprintf(path, size, "%s/%s.XXXXXX", place, prefix) >= (int)size)
		return -ENAMETOOLONG;
	if (!mkdtemp(path))
		return -errno;
	fd = tree_dir_open(path);
	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	err = fd < 0 ? fd : -errno;
	if (fd >= 0)
		close(fd);
	rmdir(path);
	return err;
}

struct entry {
	char path[PATH_MAX];
	struct timespec mtime;
};

static int by_age(const void *a, const void *b)
{
	const struct timespec *x = &((const struct entry *)a)->mtime;
	const struct timespec *y = &((const struct entry *)b)->mtime;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return (x->tv_nsec > y->tv_nsec) - (x->tv_nsec < y->tv_nsec);
}

/* Removes what is stale at once; *NR others in the result, NULL for none. */
static struct entry *list(DIR *d, const char *path, size_t *nr)
{
	struct entry *all = NULL;
	struct dirent *de;
	struct stat st;

	*nr = 0;
	while ((de = readdir(d))) {
		struct entry *more;

		if (!strcmp(de->d_name, ".") || !strcmp(de->d_name, "..") ||
		    fstatat(dirfd(d), de->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		more = realloc(all, (*nr + 1) * sizeof(*all));
		if (!more)
			break;
		all = more;
		all[*nr].mtime = st.st_mtim;
		snprintf(all[*nr].path, sizeof(all->path), "%s/%s", path,
			 de->d_name);
		if (*de->d_name != '.')
			++*nr;
		else if (st.st_mtime < time(NULL) - STALE_S)
			tree_dir_remove(all[*nr].path);
	}
	return all;
}

static void remove_unheld(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || !flock(fd, LOCK_EX | LOCK_NB))
		tree_dir_remove(path);
	if (fd >= 0)
		close(fd);
}

void tree_dir_prune(const char *path, size_t keep)
{
	DIR *d = opendir(path);
	struct entry *all;
	size_t nr;

	if (!d)
		return;
	all = list(d, path, &nr);
	closedir(d);
	if (all)
		qsort(all, nr, sizeof(*all), by_age);
	for (size_t i = 0; i + keep < nr; i++)
		remove_unheld(all[i].path);
	free(all);
}
