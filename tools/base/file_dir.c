// SPDX-License-Identifier: GPL-2.0
/* The way to a file's directory, one component after the other. */
#include "base/file_create.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel has it */

struct walk {
	int dir; /* so far */
	unsigned nr_links;
	char rest[PATH_MAX]; /* of the path */
};

static int move_to(struct walk *w, int dir)
{
	if (dir < 0)
		return -errno;
	close(w->dir);
	w->dir = dir;
	return 0;
}

/*
 * Only those whom we trust can have put LINK into DIR: nobody else writes
 * there, or else it is theirs and nobody can have moved it there, nor given it
 * a second name there (link(2)).
 */
static bool is_trusted(int dir, const struct stat *link)
{
	struct stat st;

	if (fstat(dir, &st) || !file_trusts(st.st_uid))
		return false;
	if (!(st.st_mode & (S_IWGRP | S_IWOTH)))
		return true;
	if ((st.st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH)
		return false;
	return file_trusts(link->st_uid) && link->st_nlink == 1;
}

/* What LINK says goes in front of the rest of the path. */
static int link_read(struct walk *w, int link)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t len = readlinkat(link, "", target, sizeof(target));

	if (len < 0)
		return -errno;
	strcpy(rest, w->rest);
	if (snprintf(w->rest, sizeof(w->rest), "%.*s/%s", (int)len, target,
		     rest) >= (int)sizeof(w->rest))
		return -ENAMETOOLONG;
	return *target == '/'
		       ? move_to(w, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC))
		       : 0;
}

/* NAME is no directory. */
static int link_follow(struct walk *w, const char *name)
{
	int link = openat(w->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), ret;
	struct statfs fs;
	struct stat st;

	if (link < 0)
		return -errno;
	if (fstat(link, &st) || fstatfs(link, &fs))
		ret = -errno;
	else if (!S_ISLNK(st.st_mode))
		ret = -ENOTDIR;
	else if (w->nr_links++ == LINKS_MAX)
		ret = -ELOOP;
	else if (!is_trusted(w->dir, &st))
		ret = -EXDEV;
	else if (fs.f_type == PROC_SUPER_MAGIC)
		/* It may lead elsewhere than its text says. */
		ret = move_to(w, openat(w->dir, name,
					O_PATH | O_DIRECTORY | O_CLOEXEC));
	else
		ret = link_read(w, link);
	close(link);
	return ret;
}

/* One component. 0, -errno, or 1 at the end of the path. */
static int step(struct walk *w)
{
	char name[NAME_MAX + 1], *p = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(p, "/");
	int dir;

	if (!len)
		return 1;
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, p, len);
	name[len] = '\0';
	memmove(w->rest, p + len, strlen(p + len) + 1);
	dir = openat(w->dir, name,
		     O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return dir < 0 && errno == ENOTDIR ? link_follow(w, name)
					   : move_to(w, dir);
}

int file_open_dir(const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? slash - path : 0;
	struct walk w = {};
	int ret = 0;

	if (!*path)
		return -ENOENT;
	if (len >= sizeof(w.rest))
		return -ENAMETOOLONG;
	memcpy(w.rest, path, len);
	*name = slash ? slash + 1 : path;
	w.dir = open(*path == '/' ? "/" : ".",
		     O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w.dir < 0)
		return -errno;
	while (!ret)
		ret = step(&w);
	if (ret > 0)
		return w.dir;
	close(w.dir);
	return ret;
}
