// SPDX-License-Identifier: GPL-2.0
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"

#define FLUSH_SIZE (64 << 10)

/*
 * A pipe that poll(2) calls writable takes this many bytes at once, whole
 * (PIPE_BUF, pipe(7)).
 */
#define CHUNK_SIZE 4096

#define RETRY_MS 10

struct out {
	int fd;	    /* the caller's */
	int own_fd; /* a second, non-blocking way to the same terminal, or -1 */
	int stop_fd;
	uint64_t end_ns; /* where waiting ends, CLOCK_MONOTONIC; 0: nowhere */
	bool is_file;	 /* or /dev/null: never waits, takes all at once */
	int err;	 /* the first, but for -EINTR */

	struct strbuf text;
	size_t done; /* bytes of the text that are written */

	size_t *ends; /* where each committed record ends in the text */
	size_t nr_ends, max_ends;
	uint64_t nr_lost; /* records committed after an error */
};

/*
 * A terminal that poll(2) calls writable may have room for one byte, and a
 * write of more would block; O_NONBLOCK on FD itself would change the shell's
 * descriptor too. So open the terminal a second time.
 */
static int open_terminal(int fd)
{
	char path[32];

	if (!isatty(fd))
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static bool is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

struct out *out_new(int fd)
{
	struct out *o = calloc(1, sizeof(*o));
	struct stat st;

	if (!o)
		return NULL;
	o->fd = fd;
	o->own_fd = open_terminal(fd);
	o->stop_fd = -1;
	if (fstat(fd, &st))
		o->err = -errno;
	else
		o->is_file = S_ISREG(st.st_mode) || is_null(&st);
	return o;
}

void out_set_stop(struct out *o, int fd)
{
	o->stop_fd = fd;
}

void out_set_limit(struct out *o, uint64_t ns)
{
	o->stop_fd = -1;
	o->end_ns = clock_ns(CLOCK_MONOTONIC) + ns;
}

void out_free(struct out *o)
{
	if (!o)
		return;
	if (o->own_fd >= 0)
		close(o->own_fd);
	free(o->ends);
	strbuf_free(&o->text);
	free(o);
}

static size_t committed(const struct out *o)
{
	return o->nr_ends ? o->ends[o->nr_ends - 1] : 0;
}

/*
 * The next bytes to write: as many whole records as fit, so that a reader who
 * goes away between two writes has seen no half of one. *at is a record that
 * ends behind them or where they end, and only moves on.
 */
static size_t chunk_len(const struct out *o, size_t *at)
{
	size_t limit = o->done + CHUNK_SIZE;

	if (o->is_file)
		return committed(o) - o->done;
	while (o->ends[*at] <= o->done)
		++*at;
	while (*at + 1 < o->nr_ends && o->ends[*at + 1] <= limit)
		++*at;
	return (o->ends[*at] < limit ? o->ends[*at] : limit) - o->done;
}

/* Milliseconds that may still be waited for room, -1 for ever. */
static int patience_ms(const struct out *o)
{
	uint64_t now;

	if (!o->end_ns)
		return -1;
	now = clock_ns(CLOCK_MONOTONIC);
	return now < o->end_ns ? (o->end_ns - now + 999999) / 1000000 : 0;
}

/*
 * Wait for room; a write then says what is wrong with the destination, too. A
 * terminal can be called writable and yet take nothing (room for "\r" but not
 * for "\r\n"): when the last write has found it full, wait by the clock.
 */
static int wait_writable(const struct out *o, int fd, bool was_full)
{
	struct pollfd p[] = {
		{.fd = was_full ? -1 : fd, .events = POLLOUT},
		{.fd = o->stop_fd, .events = POLLIN},
	};
	int left_ms, nr;

	do {
		left_ms = patience_ms(o);
		nr = poll(p, 2, was_full && left_ms ? RETRY_MS : left_ms);
	} while (nr < 0 && errno == EINTR);
	if (nr < 0)
		return -errno;
	if (p[0].revents || (was_full && left_ms && !p[1].revents))
		return 0;
	return -EINTR;
}

/* Bytes written, or -errno. */
static ssize_t write_some(const struct out *o, size_t len)
{
	int fd = o->own_fd >= 0 ? o->own_fd : o->fd;
	bool was_full = false;
	ssize_t n;
	int ret;

	do {
		ret = o->is_file ? 0 : wait_writable(o, fd, was_full);
		if (ret)
			return ret;
		n = write(fd, o->text.p + o->done, len);
		was_full = n < 0 && errno == EAGAIN;
	} while (was_full || (n < 0 && errno == EINTR));
	if (!n)
		return -EIO;
	return n < 0 ? -errno : n;
}

/* Move what is still to be written to the front. */
static void drop_done(struct out *o)
{
	size_t nr_done = 0, i;

	if (!o->done)
		return;
	while (nr_done < o->nr_ends && o->ends[nr_done] <= o->done)
		nr_done++;
	for (i = nr_done; i < o->nr_ends; i++)
		o->ends[i - nr_done] = o->ends[i] - o->done;
	o->nr_ends -= nr_done;
	strbuf_drop(&o->text, o->done);
	o->done = 0;
}

int out_flush(struct out *o)
{
	size_t at = 0;
	ssize_t n = 0;

	if (o->err)
		return o->err;
	while (o->done < committed(o)) {
		n = write_some(o, chunk_len(o, &at));
		if (n < 0)
			break;
		o->done += n;
	}
	drop_done(o);
	if (n >= 0)
		return 0;
	if (n != -EINTR)
		o->err = n;
	return n;
}

static bool grow_ends(struct out *o)
{
	size_t max = o->max_ends ? 2 * o->max_ends : 64;
	size_t *ends = reallocarray(o->ends, max, sizeof(*ends));

	if (!ends) {
		o->err = -ENOMEM;
		return false;
	}
	o->ends = ends;
	o->max_ends = max;
	return true;
}

void out_commit(struct out *o)
{
	if (!o->err && o->text.len == committed(o))
		return;
	if (o->err || (o->nr_ends == o->max_ends && !grow_ends(o))) {
		o->nr_lost++;
		return;
	}
	o->ends[o->nr_ends++] = o->text.len;
	if (o->text.len >= FLUSH_SIZE)
		out_flush(o);
}

uint64_t out_nr_pending(const struct out *o)
{
	return o->nr_ends + o->nr_lost;
}

/* Where to put LEN more bytes, or NULL after an error. */
static char *reserve(struct out *o, size_t len)
{
	char *to = o->err ? NULL : strbuf_add(&o->text, len);

	if (o->text.err)
		o->err = o->text.err;
	return to;
}

void out_mem(struct out *o, const void *p, size_t len)
{
	char *to = reserve(o, len);

	if (to && len)
		memcpy(to, p, len);
}

void out_str(struct out *o, const char *s)
{
	out_mem(o, s, strlen(s));
}

void out_chr(struct out *o, char c)
{
	out_mem(o, &c, 1);
}

void out_pad(struct out *o, size_t nr_blanks)
{
	char *to = reserve(o, nr_blanks);

	if (to && nr_blanks)
		memset(to, ' ', nr_blanks);
}

void out_u64(struct out *o, uint64_t v)
{
	char digits[20], *p = digits + sizeof(digits);

	do {
		*--p = '0' + v % 10;
		v /= 10;
	} while (v);
	out_mem(o, p, digits + sizeof(digits) - p);
}

void out_printf(struct out *o, const char *fmt, ...)
{
	va_list ap;

	if (o->err)
		return;
	va_start(ap, fmt);
	strbuf_vprintf(&o->text, fmt, ap);
	va_end(ap);
	o->err = o->text.err;
}
