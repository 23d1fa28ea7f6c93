// SPDX-License-Identifier: GPL-2.0
#include "base/text.h"

#include <stdbool.h>
#include <string.h>

static bool is_c1(const unsigned char *s)
{
	return s[0] == 0xc2 && s[1] >= 0x80 && s[1] <= 0x9f;
}

void text_clean(char *s, const char *keep)
{
	unsigned char *p;

	for (p = (unsigned char *)s; *p; p++) {
		if (is_c1(p))
			p[0] = p[1] = '?';
		else if ((*p < ' ' || *p == 0x7f) && !strchr(keep, *p))
			*p = '?';
	}
}
