// SPDX-License-Identifier: GPL-2.0
#include "compile/syscall_filter.h"

#include <stdio.h>
#include <sys/syscall.h>

/* Of this architecture, as its headers have them. */
static const char *const names[] = {
#include "syscalls.inc"
};

static const char *name_of(unsigned nr)
{
	return nr < sizeof(names) / sizeof(*names) ? names[nr] : NULL;
}

const char *syscalls_refused_say(const struct syscalls_refused *refused,
				 char *text, size_t size)
{
	size_t len = 0;
	unsigned nr;

	*text = 0;
	for (nr = 0; nr < SYSCALLS_MAX && len < size; nr++) {
		const char *comma = len ? ", " : "";

		if (!(refused->bits[nr / 64] >> nr % 64 & 1))
			continue;
		if (name_of(nr))
			len += snprintf(text + len, size - len, "%s%s", comma,
					name_of(nr));
		else
			len += snprintf(text + len, size - len,
					"%ssystem call %u", comma, nr);
	}
	return text;
}
