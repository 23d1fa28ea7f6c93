// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

/* The path of version 2 stands behind those of up to 15 hierarchies of 1. */
#define CGROUPS_SIZE 65536

struct walk {
	struct owner_socks *list;
	const struct owner_cgroups *cgroups;
	const char *top;
	owner_proc_fn fn;
	void *arg;
};

uint32_t owner_proc_inode(const char *link)
{
	unsigned long inode;
	char *end;

	if (strncmp(link, "socket:[", 8))
		return 0;
	inode = strtoul(link + 8, &end, 10);
	return strcmp(end, "]") || inode > UINT32_MAX ? 0 : inode;
}

uint32_t owner_proc_uid(const char *status)
{
	const char *line = strstr(status, "\nUid:");

	return line ? strtoul(line + 5, NULL, 10) : 0;
}

const char *owner_proc_cgroup(char *text)
{
	char *line = strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text;
	char *end = line ? strchr(line + 1, '\n') : NULL;

	/* A path that is cut off may be the path of another cgroup. */
	if (!end)
		return NULL;
	*end = 0;
	return strchr(line, ':') + 2;
}

static void cgroup_fill(const struct walk *w, int dir, struct owner_entry *e)
{
	char text[CGROUPS_SIZE];
	const char *path;

	fd_read_file_at(dir, "cgroup", text, sizeof(text));
	path = owner_proc_cgroup(text);
	if (!path)
		return;
	e->cgroup_id = owner_cgroup_id(w->cgroups, path);
	if (w->top && owner_cgroup_is_below(path, w->top))
		e->flags |= OWNER_IN_CGROUP;
}

/* What there is to know of the process whose directory is DIR. */
static void entry_fill(const struct walk *w, int dir, struct owner_entry *e)
{
	char text[4096];

	fd_read_file_at(dir, "comm", e->comm, sizeof(e->comm));
	e->comm[strcspn(e->comm, "\n")] = 0;
	fd_read_file_at(dir, "status", text, sizeof(text));
	e->uid = owner_proc_uid(text);
	cgroup_fill(w, dir, e);
	e->ts_ns = clock_ns(CLOCK_MONOTONIC);
}

/* Whether the descriptor is a socket of the list that has no holder yet. */
static struct owner_sock *sock_of(const struct walk *w, int fds,
				  const char *name)
{
	struct owner_sock *s;
	char link[64];
	ssize_t n = readlinkat(fds, name, link, sizeof(link) - 1);
	uint32_t inode;

	if (n <= 0)
		return NULL;
	link[n] = 0;
	inode = owner_proc_inode(link);
	s = inode ? owner_socks_find(w->list, inode) : NULL;
	return s && !s->is_taken ? s : NULL;
}

static int process_walk(const struct walk *w, int dir, uint32_t pid)
{
	int fds = openat(dir, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fds < 0 ? NULL : fdopendir(fds);
	struct owner_entry e = {};
	struct owner_sock *s;
	struct dirent *de;
	int ret = 0;

	if (!d) {
		ret = errno == ENOMEM ? -ENOMEM : 0; /* it has ended */
		if (fds >= 0)
			close(fds);
		return ret;
	}
	while (!ret && (de = readdir(d))) {
		s = sock_of(w, dirfd(d), de->d_name);
		if (!s)
			continue;
		if (!e.pid)
			entry_fill(w, dir, &e);
		e.pid = pid;
		s->is_taken = true;
		ret = w->fn(w->arg, s, &e);
	}
	closedir(d);
	return ret;
}

int owner_proc_walk(struct owner_socks *list, const struct owner_cgroups *c,
		    const char *top, owner_proc_fn fn, void *arg)
{
	const struct walk w = {list, c, top, fn, arg};
	DIR *proc = opendir("/proc");
	struct dirent *de;
	int dir, ret = 0;
	char *end;

	if (!proc)
		return -errno;
	/* The kernel lists processes in the order of their numbers. */
	while (!ret && (de = readdir(proc))) {
		unsigned long pid = strtoul(de->d_name, &end, 10);

		if (*end || !pid)
			continue;
		dir = openat(dirfd(proc), de->d_name,
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			continue;
		ret = process_walk(&w, dir, pid);
		close(dir);
	}
	closedir(proc);
	return ret;
}
