/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text or bytes under construction, in memory that grows. Where memory is
 * short, open_memstream(3) leaves out what it had no room for and reports
 * success. Here the first failure sticks: nothing is added behind it, and
 * strbuf_take() gives nothing, so that one look at the end is enough.
 */
#ifndef STRBUF_H
#define STRBUF_H

#include <stdarg.h>
#include <stddef.h>

/* All zero: empty, and without a limit. What is read but not written: */
struct strbuf {
	char *p;     /* the bytes, a NUL behind them; NULL: none so far */
	size_t len;  /* without the NUL */
	size_t size; /* of the memory at p */
	size_t max;  /* more bytes than that are -E2BIG; 0: no limit */
	int err;     /* the first failure: -ENOMEM, -E2BIG, strbuf_fail()'s */
};

/* Room for LEN bytes more, which the caller fills; NULL after a failure. */
char *strbuf_add(struct strbuf *b, size_t len);

/* Append. Failures stick. */
void strbuf_mem(struct strbuf *b, const void *p, size_t len);
void strbuf_str(struct strbuf *b, const char *s);
void strbuf_chr(struct strbuf *b, char c);
void strbuf_printf(struct strbuf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* What was to be appended cannot be made: ERR (-errno) sticks; 0 is none. */
void strbuf_fail(struct strbuf *b, int err);

/* Take away the first LEN bytes, of which there are so many. */
void strbuf_drop(struct strbuf *b, size_t len);

/*
 * All of it, NUL-ended and the caller's to free, with its length in *LEN unless
 * LEN is NULL; or NULL when anything failed, for the reason that stays in
 * b->err. B is empty afterwards.
 */
char *strbuf_take(struct strbuf *b, size_t *len);

/* Where nobody takes it. B is as new afterwards, but for its limit. */
void strbuf_free(struct strbuf *b);

#endif
