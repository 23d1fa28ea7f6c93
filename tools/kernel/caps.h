/* SPDX-License-Identifier: GPL-2.0 */
/* Which privileges are missing, by name. */
#ifndef CAPS_H
#define CAPS_H

#include <stdbool.h>
#include <stddef.h>

enum caps_use {
	CAPS_TRACE,   /* load programs, open perf buffers and packet sockets */
	CAPS_COMPILE, /* lock the compile child in */
	CAPS_NETNS,   /* enter another namespace */
};

/*
 * "" when all is there, else what USE lacks: "CAP_BPF and CAP_PERFMON". True
 * when nothing is missing.
 */
bool caps_check(enum caps_use use, char *missing, size_t size);

#endif
