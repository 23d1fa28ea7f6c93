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

static int netns_path(const char *spec, char *path, size_t size)
{
	int n;

	if (!spec[strspn(spec, "0123456789")])
		n = snprintf(path, size, "/proc/%s/ns/net", spec);
	else if (strchr(spec, '/'))
		n = snprintf(path, size, "%s", spec);
	else
		n = snprintf(path, size, "/run/netns/%s", spec);
	if (n < (int)size)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int netns_open(const char *spec, char *err, size_t err_size)
{
	char path[PATH_MAX];
	int fd = netns_path(spec, path, sizeof(path));

	if (!fd)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		int e = errno == ENOENT || errno == ESRCH ? 0 : errno;

		snprintf(err, err_size, "no network namespace '%s': %s%s", spec,
			 e ? "" : "neither a process nor a name of 'ip netns'",
			 e ? strerror(e) : "");
		return e ? -e : -ENOENT;
	}
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET) {
		snprintf(err, err_size, "'%s' is not a network namespace",
			 spec);
		close(fd);
		return -EINVAL;
	}
	return fd;
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
