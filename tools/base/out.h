/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A buffered writer that never hangs: where a plain write(2) to a full pipe
 * or a stopped terminal would block, it waits in poll(2) together with a
 * second descriptor (the loop's signalfd), and gives up when that one fires, or
 * after a time.
 */
#ifndef OUT_H
#define OUT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct out;

/*
 * Writes to FD, which stays the caller's; its O_NONBLOCK may be on or off and
 * is left alone. SIGPIPE must be ignored. NULL on lack of memory.
 */
struct out *out_new(int fd);

/*
 * From now on a blocked write gives up with -EINTR once FD is readable (-1:
 * never). FD is only polled. What can be written without waiting is written,
 * whatever FD says.
 */
void out_set_stop(struct out *o, int fd);

/*
 * From now on blocked writes give up after NS nanoseconds in all, and only
 * then: for what is left to be written once a stop was seen.
 */
void out_set_limit(struct out *o, uint64_t ns);

/* Null-safe. Does not flush. */
void out_free(struct out *o);

/*
 * Append; memory grows as needed. Errors stick: see out_flush(). out_u64() and
 * out_pad() are the fast way for numbers and blanks, no printf(3).
 */
void out_mem(struct out *o, const void *p, size_t len);
void out_str(struct out *o, const char *s);
void out_chr(struct out *o, char c);
void out_pad(struct out *o, size_t nr_blanks);
void out_u64(struct out *o, uint64_t v);
void out_printf(struct out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A record ends here (nothing appended: no record). Only whole records are
 * ever written, so a run that ends early leaves none cut, except where the
 * destination itself takes but a part: a full disk, a terminal, or a record
 * of more than 4,096 bytes into a pipe. From 64 KiB on, writes as out_flush()
 * does.
 */
void out_commit(struct out *o);

/*
 * Write all committed records. 0, or the first error since out_new(): -EPIPE,
 * -ENOSPC ..., after which nothing more is written; or -EINTR for a stop, after
 * which the next call goes on where this one was.
 */
int out_flush(struct out *o);

/*
 * Records committed so far but not written, or not to their end (after an
 * error: lost).
 */
uint64_t out_nr_pending(const struct out *o);

#endif
