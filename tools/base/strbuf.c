// SPDX-License-Identifier: GPL-2.0
#include "base/strbuf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MIN 256

/* Room for LEN more and the NUL behind them. */
static bool grow(struct strbuf *b, size_t len)
{
	size_t size = b->size ?: SIZE_MIN;
	char *p;

	if (b->err)
		return false;
	if (len > (b->max ?: SIZE_MAX / 4) - b->len) {
		b->err = -E2BIG;
		return false;
	}
	if (len < b->size - b->len)
		return true;
	while (size - b->len <= len)
		size *= 2;
	p = realloc(b->p, size);
	if (!p) {
		b->err = -ENOMEM;
		return false;
	}
	b->p = p;
	b->size = size;
	b->p[b->len] = 0;
	return true;
}

char *strbuf_add(struct strbuf *b, size_t len)
{
	char *to;

	if (!grow(b, len))
		return NULL;
	to = b->p + b->len;
	b->len += len;
	b->p[b->len] = 0;
	return to;
}

void strbuf_mem(struct strbuf *b, const void *p, size_t len)
{
	char *to = strbuf_add(b, len);

	if (to && len)
		memcpy(to, p, len);
}

void strbuf_str(struct strbuf *b, const char *s)
{
	strbuf_mem(b, s, strlen(s));
}

void strbuf_chr(struct strbuf *b, char c)
{
	strbuf_mem(b, &c, 1);
}

/* Mostly there is room already, and the text is made only once. */
void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	if (!grow(b, 0))
		return;
	va_copy(again, ap);
	len = vsnprintf(b->p + b->len, b->size - b->len, fmt, ap);
	if (len < 0)
		b->err = -EOVERFLOW;
	else if ((size_t)len >= b->size - b->len && grow(b, len))
		vsnprintf(b->p + b->len, b->size - b->len, fmt, again);
	va_end(again);
	if (!b->err && grow(b, len))
		b->len += len;
	b->p[b->len] = 0;
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(b, fmt, ap);
	va_end(ap);
}

void strbuf_fail(struct strbuf *b, int err)
{
	if (!b->err)
		b->err = err;
}

void strbuf_drop(struct strbuf *b, size_t len)
{
	if (!len)
		return;
	b->len -= len;
	memmove(b->p, b->p + len, b->len + 1);
}

char *strbuf_take(struct strbuf *b, size_t *len)
{
	/* Nothing appended is an empty text, which needs its NUL. */
	char *p = grow(b, 0) ? b->p : NULL;

	if (len)
		*len = p ? b->len : 0;
	if (!p)
		free(b->p);
	*b = (struct strbuf){.max = b->max, .err = b->err};
	return p;
}

void strbuf_free(struct strbuf *b)
{
	free(b->p);
	*b = (struct strbuf){.max = b->max};
}
