// SPDX-License-Identifier: GPL-2.0
#include "view/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool env_is(const char *name, const char *value)
{
	const char *s = getenv(name);

	return s && (value ? !strcmp(s, value) : *s != 0);
}

void terminal_detect(int fd, struct view_opts *opts)
{
	struct winsize ws;

	opts->want_colour = false;
	opts->width = 0;
	if (!isatty(fd))
		return;
	opts->want_colour =
		!env_is("NO_COLOR", NULL) && !env_is("TERM", "dumb");
	if (!ioctl(fd, TIOCGWINSZ, &ws))
		opts->width = ws.ws_col;
}
