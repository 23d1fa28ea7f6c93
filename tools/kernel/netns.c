// SPDX-License-Identifier: GPL-2.0
#include "kernel/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/nsfs.h>

#include "base/file_read.h"
#include "base/text.h"

static int netns_path(const char *spec, char *path, size_t size)
{
	int n;

	if (!spec[strspn(spec, "0123456789")])
		n = snprintf(path, size, "/proc/%s/ns/net", spec);
	else if (strchr(spec, '/'))
		n = snprintf(path, size, "%s", spec);
	else
		n = snprintf(path, size, "/run/netns/%s", spec);
	return n < (int)size ? 0 : -ENAMETOOLONG;
}

/* RET as netns_open() returns it, with its sentence. */
static int netns_fail(int ret, const char *name, char *err, size_t err_size)
{
	switch (ret) {
	case -ENOENT:
	case -ESRCH:
		snprintf(err, err_size,
			 "no network namespace '%s': neither a process nor a "
			 "name of 'ip netns'",
			 name);
		return -ENOENT;
	case -EINVAL:
	case -ENXIO:
	case -EISDIR:
		snprintf(err, err_size, "'%s' is not a network namespace",
			 name);
		return -EINVAL;
	default:
		snprintf(err, err_size, "no network namespace '%s': %s", name,
			 strerror(-ret));
		return ret;
	}
}

int netns_open(const char *spec, char *err, size_t err_size)
{
	char path[PATH_MAX], name[128];
	struct stat st;
	int fd = netns_path(spec, path, sizeof(path));

	if (!fd)
		fd = file_open(AT_FDCWD, path, 0, &st);
	if (fd >= 0 && ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET)
		return fd;
	if (fd >= 0)
		close(fd);
	return netns_fail(fd < 0 ? fd : -EINVAL,
			  text_tail(name, sizeof(name), spec), err, err_size);
}

int netns_enter(int fd)
{
	int previous;

	if (fd < 0)
		return -1;
	previous = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (previous < 0)
		return -errno - 1;
	if (setns(fd, CLONE_NEWNET)) {
		int e = -errno - 1;

		close(previous);
		return e;
	}
	return previous;
}

void netns_leave(int previous)
{
	if (previous < 0)
		return;
	/* It was ours a moment ago: it cannot be refused. */
	setns(previous, CLONE_NEWNET);
	close(previous);
}
