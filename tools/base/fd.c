// SPDX-License-Identifier: GPL-2.0
#include "base/fd.h"

#include <errno.h>
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
