// SPDX-License-Identifier: GPL-2.0
#include "view/escape.h"

#include <stdbool.h>

/* First bytes of UTF-8 sequences, RFC 3629, section 3. */
static const struct utf8_form {
	unsigned char mask, lead, nr;
	uint32_t min; /* less is an overlong form */
} utf8_forms[] = {
	{0x80, 0x00, 1, 0},	  {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800},
	{0xf8, 0xf0, 4, 0x10000}, {0, 0, 0, 0},
};

static bool is_code_point(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* The length of the sequence at S, its character in *C, or 0 when invalid. */
static size_t utf8_decode(const unsigned char *s, size_t len, uint32_t *c)
{
	const struct utf8_form *f = utf8_forms;
	size_t i;

	while (f->nr && (s[0] & f->mask) != f->lead)
		f++;
	if (!f->nr || f->nr > len)
		return 0;
	*c = s[0] & (unsigned char)~f->mask;
	for (i = 1; i < f->nr; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3f);
	}
	return *c >= f->min && is_code_point(*c) ? f->nr : 0;
}

/* Returns how many bytes of S that was. */
static size_t escape_next(struct buf *b, const unsigned char *s, size_t len)
{
	uint32_t c;
	size_t nr = utf8_decode(s, len, &c);

	if (!nr) {
		buf_str(b, "\\ufffd");
		return 1;
	}
	if (is_control(c)) {
		buf_str(b, "\\u");
		buf_hex(b, c, 4);
		return nr;
	}
	if (c == '"' || c == '\\')
		buf_chr(b, '\\');
	buf_mem(b, s, nr);
	return nr;
}

/* How many bytes at S are ASCII and neither A nor B: all, mostly. */
static size_t plain_len(const char *s, size_t len, char a, char b)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] < ' ' || s[i] > '~' || s[i] == a || s[i] == b)
			break;
	return i;
}

void escape_json(struct buf *b, const char *s)
{
	size_t len = strnlen(s, ESCAPE_LEN), i = plain_len(s, len, '"', '\\');

	buf_chr(b, '"');
	buf_mem(b, s, i);
	while (i < len)
		i += escape_next(b, (const unsigned char *)s + i, len - i);
	buf_chr(b, '"');
}

void escape_clean(struct buf *b, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t len = strnlen(s, ESCAPE_LEN), i = plain_len(s, len, 0, 0), nr;
	uint32_t c;

	buf_mem(b, s, i);
	for (; i < len; i += nr ?: 1) {
		nr = utf8_decode(p + i, len - i, &c);
		if (buf_room(b, nr) < nr)
			return;
		if (!nr || is_control(c))
			buf_chr(b, '?');
		else
			buf_mem(b, p + i, nr);
	}
}
