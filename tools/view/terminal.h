/* SPDX-License-Identifier: GPL-2.0 */
/* What kind of place stdout is. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include "view/view.h"

/*
 * Fill want_colour and width for output to FD: colour on a terminal only, and
 * not with NO_COLOR set (no-color.org) or TERM=dumb; width 0 elsewhere.
 */
void terminal_detect(int fd, struct view_opts *opts);

#endif
