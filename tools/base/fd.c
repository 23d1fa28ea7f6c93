// SPDX-License-Identifier: GPL-2.0
#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int fd_write_all(int fd, const void *p, size_t size)
{
	const char *from = p;

	while (size) {
		ssize_t n = write(fd, from, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		size -= n;
	}
	return 0;
}

int fd_read_all(int fd, void *p, size_t size)
{
	char *to = p;

	while (size) {
		ssize_t n = read(fd, to, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		to += n;
		size -= n;
	}
	return 0;
}

/* Those of /proc and /sys give a page or a line a call. */
static ssize_t read_some(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += n;
	}
	return len;
}

ssize_t fd_read_file_at(int dir, const char *path, char *text, size_t size)
{
	int fd =
		openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t len = fd < 0 ? -errno : read_some(fd, text, size - 1);

	text[len > 0 ? len : 0] = 0;
	if (fd >= 0)
		close(fd);
	return len;
}

ssize_t fd_read_file(const char *path, char *text, size_t size)
{
	return fd_read_file_at(AT_FDCWD, path, text, size);
}

/* One by one, as they are found open. */
static int close_found(unsigned first, unsigned last)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *d;

	if (!dir)
		return -errno;
	while ((d = readdir(dir))) {
		unsigned fd = strtoul(d->d_name, NULL, 10);

		if (d->d_name[0] != '.' && fd >= first && fd <= last &&
		    fd != (unsigned)dirfd(dir))
			close(fd);
	}
	closedir(dir);
	return 0;
}

int fd_close_range(unsigned first, unsigned last)
{
	/* Linux lacks it before 5.9, and old containers forbid it. */
	return syscall(SYS_close_range, first, last, 0)
		       ? close_found(first, last)
		       : 0;
}
