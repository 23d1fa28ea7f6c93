// SPDX-License-Identifier: GPL-2.0
#include "base/file_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

#define ROOM_MIN 4096

static int kind_check(const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return 0;
	return S_ISDIR(st->st_mode)   ? -EISDIR
	       : S_ISLNK(st->st_mode) ? -ELOOP
				      : -ENXIO;
}

/* What the O_PATH descriptor PLACE stands for, open for reading. */
static int place_open(int place)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

/*
 * To open some devices is to do something (a watchdog reboots the machine once
 * it is closed again), so that the kind is looked at before the file is opened.
 */
int file_open(int dir, const char *path, int flags, struct stat *st)
{
	int place = openat(dir, path, O_PATH | O_CLOEXEC | flags), ret;

	if (place < 0)
		return -errno;
	ret = fstat(place, st) ? -errno : kind_check(st);
	if (!ret)
		ret = place_open(place);
	close(place);
	return ret;
}

/* Bytes from OFF on, fewer than SIZE only at the end of the file; or -errno. */
static ssize_t bytes_read(int fd, char *to, size_t size, size_t off)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, to + got, size - got, off + got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		got += n;
	}
	return got;
}

/* Room for what the file says it holds; files of the kernel say nothing. */
static size_t room_first(int fd, size_t max)
{
	struct stat st;
	size_t size = fstat(fd, &st) || st.st_size < 0 ? 0 : st.st_size;

	if (size > max)
		size = max;
	return (size < ROOM_MIN ? ROOM_MIN : size) + 2;
}

int file_read(int fd, size_t max, char **text, size_t *size)
{
	size_t room = room_first(fd, max), got = 0;
	char *buf = NULL, *more;
	ssize_t n;

	for (;; room *= 2) {
		if (room > max + 2)
			room = max + 2;
		more = realloc(buf, room);
		if (!more) {
			n = -ENOMEM;
			break;
		}
		buf = more;
		n = bytes_read(fd, buf + got, room - 1 - got, got);
		if (n < 0)
			break;
		got += n;
		n = got > max ? -EFBIG : 0;
		if (n || got < room - 1)
			break;
	}
	if (n < 0) {
		free(buf);
		return n;
	}
	buf[got] = 0;
	*text = buf;
	*size = got;
	return 0;
}

const char *file_fault(int err)
{
	switch (err) {
	case -EISDIR:
		return "it is a directory";
	case -ENXIO:
		return "it is not a regular file";
	case -EFBIG:
		return "it is too large";
	default:
		return error_words(err);
	}
}
