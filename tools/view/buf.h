/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A string under construction in memory of a fixed size, without printf(3):
 * rows are built here, then given to an out. What does not fit is cut off.
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	char *pos; /* where the next byte goes; no NUL is written */
	char *end;
};

static inline size_t buf_room(const struct buf *b, size_t want)
{
	size_t room = b->end - b->pos;

	return want < room ? want : room;
}

static inline void buf_mem(struct buf *b, const void *p, size_t len)
{
	len = buf_room(b, len);
	memcpy(b->pos, p, len);
	b->pos += len;
}

/*
 * Copying this much is one or two instructions where the size is known when
 * this is compiled, cheaper than a call that finds out how little it is.
 */
#define BUF_FAST 32

static inline void buf_str(struct buf *b, const char *s)
{
	buf_mem(b, s, strlen(s));
}

static inline void buf_chr(struct buf *b, char c)
{
	if (b->pos < b->end)
		*b->pos++ = c;
}

static inline void buf_pad(struct buf *b, size_t nr_blanks)
{
	nr_blanks = buf_room(b, nr_blanks);
	if (nr_blanks <= BUF_FAST && buf_room(b, BUF_FAST) == BUF_FAST)
		memset(b->pos, ' ', BUF_FAST);
	else
		memset(b->pos, ' ', nr_blanks);
	b->pos += nr_blanks;
}

static inline size_t buf_nr_digits(uint64_t v)
{
	size_t nr = 1;

	while (v >= 10) {
		v /= 10;
		nr++;
	}
	return nr;
}

/* V in decimal, all of it or as many digits as there is room for. */
static inline void buf_u64(struct buf *b, uint64_t v)
{
	size_t nr = buf_nr_digits(v), room = buf_room(b, nr), i;

	for (i = nr; i--; v /= 10)
		if (i < room)
			b->pos[i] = '0' + v % 10;
	b->pos += room;
}

/* The last NR <= 9 decimal digits of V, zeros in front. */
static inline void buf_digits(struct buf *b, uint32_t v, size_t nr)
{
	char digits[9];
	size_t i;

	for (i = nr; i--; v /= 10)
		digits[i] = '0' + v % 10;
	buf_mem(b, digits, nr);
}

/* The last NR <= 8 hexadecimal digits of V, zeros in front. */
static inline void buf_hex(struct buf *b, uint32_t v, size_t nr)
{
	char digits[8];
	size_t i;

	for (i = nr; i--; v >>= 4)
		digits[i] = "0123456789abcdef"[v & 0xf];
	buf_mem(b, digits, nr);
}

#endif
