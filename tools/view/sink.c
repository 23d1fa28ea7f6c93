// SPDX-License-Identifier: GPL-2.0
#include "view/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_create.h"

/* Less than what an out writes by itself: so its errors are seen here. */
#define FLUSH_SIZE (32 << 10)

/* Where in a file that is ours alone, or not, the next byte goes. */
static uint64_t file_position(int fd, const struct stat *st)
{
	off_t pos;

	if (fcntl(fd, F_GETFL) & O_APPEND)
		return st->st_size;
	pos = lseek(fd, 0, SEEK_CUR);
	return pos < 0 ? 0 : pos;
}

static int sink_init(struct sink *s, int stop_fd)
{
	struct stat st;

	if (fstat(s->fd, &st))
		return -errno;
	if (isatty(s->fd))
		return -ENOTTY;
	s->is_regular = S_ISREG(st.st_mode);
	if (s->is_regular)
		s->base = file_position(s->fd, &st);
	s->out = out_new(s->fd);
	if (!s->out)
		return -ENOMEM;
	out_set_stop(s->out, stop_fd);
	return 0;
}

static int sink_start(struct sink *s, int fd, bool is_ours, int stop_fd)
{
	int err;

	*s = (struct sink){.fd = fd, .is_ours = is_ours};
	err = sink_init(s, stop_fd);
	if (err)
		sink_close(s);
	return err;
}

int sink_create(struct sink *s, int dir, const char *name, int stop_fd)
{
	int fd = file_create(dir, name);

	return fd < 0 ? fd : sink_start(s, fd, true, stop_fd);
}

int sink_lend(struct sink *s, int fd, int stop_fd)
{
	return sink_start(s, fd, false, stop_fd);
}

int sink_commit(struct sink *s, size_t size)
{
	out_commit(s->out);
	s->size += size;
	if (!out_nr_pending(s->out))
		s->safe = s->size;
	return s->size - s->safe < FLUSH_SIZE ? 0 : sink_flush(s);
}

/* A pipe that poll(2) calls writable has room for PIPE_BUF, pipe(7). */
bool sink_has_room(const struct sink *s)
{
	struct pollfd p = {.fd = s->fd, .events = POLLOUT};

	return poll(&p, 1, 0) == 1;
}

static bool is_deleted(const struct sink *s)
{
	struct stat st;

	return s->is_ours && s->is_regular && !fstat(s->fd, &st) &&
	       !st.st_nlink;
}

int sink_flush(struct sink *s)
{
	int err;

	if (s->safe == s->size)
		return 0;
	err = out_flush(s->out);
	if (err)
		return err;
	s->safe = s->size;
	return is_deleted(s) ? -ESTALE : 0;
}

/* The last end of a block in the file FD, at END at most. */
static off_t last_whole(int fd, off_t at, off_t end)
{
	uint32_t head[2];

	while (pread(fd, head, sizeof(head), at) == sizeof(head) &&
	       head[1] >= sizeof(head) && head[1] <= end - at)
		at += head[1];
	return at;
}

/* The file was opened for writing only, perhaps by a shell. */
static void cut_back(const struct sink *s)
{
	off_t at = s->base + s->safe;
	char path[32];
	struct stat st;
	int fd;

	if (!s->is_regular || fstat(s->fd, &st) || st.st_size <= at)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		at = last_whole(fd, at, st.st_size);
		close(fd);
	}
	/* Nothing is left to be done about a failure, nor to be said. */
	if (ftruncate(s->fd, at))
		return;
}

uint64_t sink_give_up(struct sink *s)
{
	uint64_t nr_lost;

	if (!s->out)
		return 0;
	nr_lost = out_nr_pending(s->out);
	if (nr_lost)
		cut_back(s);
	sink_close(s);
	return nr_lost;
}

int sink_close(struct sink *s)
{
	int err = 0;

	out_free(s->out);
	s->out = NULL;
	if (s->is_ours && close(s->fd))
		err = -errno;
	s->is_ours = false;
	return err;
}
