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

#define BUF_U64 20 /* digits of the largest number */

/*
 * The eight decimal digits of V < 10^8 as bytes from 0 to 9, the first one
 * lowest: the halves of a number, of these and of those, each in one step for
 * all, since a division by 100 or 10 is a multiplication and a shift.
 */
static inline uint64_t buf_8_digits(uint32_t v)
{
	uint64_t fours = v / 10000 | (uint64_t)(v % 10000) << 32, twos, tens;

	tens = (fours * 10486 >> 20) & 0x0000007f0000007f;
	twos = tens | (fours - 100 * tens) << 16;
	tens = (twos * 103 >> 10) & 0x000f000f000f000f;
	return tens | (twos - 10 * tens) << 8;
}

/* The 8 bytes of WORD to P, the lowest first. */
static inline void buf_word(char *p, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	memcpy(p, &word, sizeof(word));
}

/*
 * V < 10^8 to P, where there is room for 8, without zeros in front: as one
 * word, since one that was put together in memory waits until it can be read.
 */
static inline size_t buf_put_8(char *p, uint32_t v)
{
	uint64_t digits = buf_8_digits(v);
	unsigned nr_zeros = digits ? __builtin_ctzll(digits) / 8 : 7;

	buf_word(p, (digits + 0x3030303030303030) >> 8 * nr_zeros);
	return 8 - nr_zeros;
}

/* V to P, where there is room for BUF_U64. */
static inline size_t buf_put_u64(char *p, uint64_t v)
{
	const uint32_t e8 = 100000000;
	size_t nr;

	if (v < e8)
		return buf_put_8(p, v);
	nr = buf_put_u64(p, v / e8);
	buf_word(p + nr, buf_8_digits(v % e8) + 0x3030303030303030);
	return nr + 8;
}

/* V in decimal, all of it or as many digits as there is room for. */
static inline void buf_u64(struct buf *b, uint64_t v)
{
	char digits[BUF_U64];

	if (buf_room(b, BUF_U64) == BUF_U64)
		b->pos += buf_put_u64(b->pos, v);
	else
		buf_mem(b, digits, buf_put_u64(digits, v));
}

/* The last NR <= 9 decimal digits of V, zeros in front. */
static inline void buf_digits(struct buf *b, uint32_t v, size_t nr)
{
	char text[9], *digits = buf_room(b, nr) == nr ? b->pos : text;
	size_t i;

	for (i = nr; i--; v /= 10)
		digits[i] = '0' + v % 10;
	if (digits == text)
		buf_mem(b, text, nr);
	else
		b->pos += nr;
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
