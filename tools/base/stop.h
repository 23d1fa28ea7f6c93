/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signals that end a process (SIGINT, SIGTERM, SIGHUP, SIGQUIT), held back
 * while it has something to tidy up. For what has no loop; see loop.h else.
 */
#ifndef STOP_H
#define STOP_H

#include <stdbool.h>

/* They wait from now on, in this process and those it forks. */
void stop_hold(void);

/* Does one wait? False where they are not held. */
bool stop_is_asked(void);

/* For poll(2): readable when one waits. A descriptor, or -1. */
int stop_open(void);

/* All is tidy: one that waits ends us here. */
void stop_obey(void);

#endif
