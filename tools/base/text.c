// SPDX-License-Identifier: GPL-2.0
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool is_c1(const unsigned char *s)
{
	return s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f;
}

static bool is_control(unsigned char c, const char *keep)
{
	return (c < ' ' || c == 0x7f) && !strchr(keep, c);
}

void text_clean(char *s, const char *keep)
{
	unsigned char *p;

	for (p = (unsigned char *)s; *p; p++) {
		if (is_c1(p))
			p[0] = p[1] = '?';
		else if (is_control(*p, keep))
			*p = '?';
	}
}

bool text_is_clean(const char *s, const char *keep)
{
	const unsigned char *p;

	for (p = (const unsigned char *)s; *p; p++)
		if (is_c1(p) || is_control(*p, keep))
			return false;
	return true;
}

const char *text_tail(char *buf, size_t size, const char *s)
{
	size_t len = strlen(s);
	bool is_cut = len >= size;

	snprintf(buf, size, "%s%s", is_cut ? "..." : "",
		 is_cut ? s + len - (size - 4) : s);
	return buf;
}
