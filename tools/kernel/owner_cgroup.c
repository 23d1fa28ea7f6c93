// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/keyed_table.h"

#define PATHS_MAX 1024
#define HANDLE_KERNFS 0xfe /* FILEID_KERNFS of linux/exportfs.h */

struct path {
	uint64_t id;
	UT_hash_handle hh;
	char text[]; /* "": it cannot be told */
};

struct owner_cgroups {
	char mount[PATH_MAX];
	int fd; /* of it; -1 */
	struct path *paths;
};

/* 0, also where there is none, or -ENOMEM. */
static int mount_find(struct owner_cgroups *c)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	char text[2 * PATH_MAX];
	struct mntent m;

	if (!f)
		return errno == ENOMEM ? -ENOMEM : 0;
	while (getmntent_r(f, &m, text, sizeof(text)))
		if (!strcmp(m.mnt_type, "cgroup2")) {
			snprintf(c->mount, sizeof(c->mount), "%s", m.mnt_dir);
			c->fd = open(c->mount,
				     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
			break;
		}
	endmntent(f);
	return 0;
}

struct owner_cgroups *owner_cgroups_new(void)
{
	struct owner_cgroups *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->fd = -1;
	if (!mount_find(c))
		return c;
	free(c);
	return NULL;
}

int owner_cgroup_mount(const struct owner_cgroups *c)
{
	return c->fd;
}

static void paths_drop(struct owner_cgroups *c)
{
	struct path *p, *next;

	HASH_ITER (hh, c->paths, p, next) {
		HASH_DEL(c->paths, p);
		free(p);
	}
}

void owner_cgroups_free(struct owner_cgroups *c)
{
	if (!c)
		return;
	paths_drop(c);
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}

/* A cgroup's number is the file handle of its directory. */
static int open_by_id(const struct owner_cgroups *c, uint64_t id)
{
	struct {
		struct file_handle h;
		uint64_t id;
	} handle = {
		.h = {.handle_bytes = sizeof(id), .handle_type = HANDLE_KERNFS},
	};

	memcpy(handle.h.f_handle, &id, sizeof(id));
	return open_by_handle_at(c->fd, &handle.h, O_PATH | O_CLOEXEC);
}

/* "" when it cannot be told. */
static const char *path_read(const struct owner_cgroups *c, uint64_t id,
			     char text[PATH_MAX])
{
	int fd = c->fd < 0 ? -1 : open_by_id(c, id);
	size_t top = strlen(c->mount);
	char link[64];
	ssize_t n;

	if (fd < 0)
		return "";
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, text, PATH_MAX - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	if (n <= 0 || strncmp(text, c->mount, top))
		return "";
	return text[top] ? text + top : "/";
}

/* NULL: no memory to keep it. */
static struct path *path_add(struct owner_cgroups *c, uint64_t id)
{
	char room[PATH_MAX];
	const char *text = path_read(c, id, room);
	struct path *p = calloc(1, sizeof(*p) + strlen(text) + 1);

	if (!p)
		return NULL;
	p->id = id;
	strcpy(p->text, text);
	HASH_ADD(hh, c->paths, id, sizeof(id), p);
	/* uthash tells of a failure by leaving it out. */
	if (p->hh.tbl)
		return p;
	free(p);
	return NULL;
}

const char *owner_cgroup_path(struct owner_cgroups *c, uint64_t id)
{
	struct path *p;

	HASH_FIND(hh, c->paths, &id, sizeof(id), p);
	if (!p && HASH_COUNT(c->paths) >= PATHS_MAX)
		paths_drop(c);
	if (!p)
		p = path_add(c, id);
	return p && *p->text ? p->text : NULL;
}

int owner_cgroup_open(const struct owner_cgroups *c, const char *path)
{
	int fd;

	if (c->fd < 0)
		return -ENOENT;
	path += strspn(path, "/");
	fd = openat(c->fd, *path ? path : ".",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

uint64_t owner_cgroup_id(const struct owner_cgroups *c, const char *path)
{
	struct stat st;

	if (c->fd < 0)
		return 0;
	path += strspn(path, "/");
	return fstatat(c->fd, *path ? path : ".", &st, 0) ? 0 : st.st_ino;
}

bool owner_cgroup_is_below(const char *path, const char *top)
{
	size_t len;

	path += strspn(path, "/");
	top += strspn(top, "/");
	len = strlen(top);
	while (len && top[len - 1] == '/')
		len--;
	return !strncmp(path, top, len) &&
	       (!len || !path[len] || path[len] == '/');
}
