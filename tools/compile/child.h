/* SPDX-License-Identifier: GPL-2.0 */
/* The compile child: started, listened to, and ended in time. */
#ifndef CHILD_H
#define CHILD_H

#include <stddef.h>

#include "compile/headers.h"

struct child_result {
	void *bytes; /* the image, allocated; NULL unless 0 was returned */
	size_t size;
	char *talk; /* what compiler and libbcc said, allocated, or NULL */
};

struct child_opts {
	const char *text;
	const char *name; /* of TEXT, in what the compiler says */
	const struct headers *headers;
	unsigned limit_s;
};

/*
 * Compile a text in a child in its jail, where these can be had also in PID and
 * IPC namespaces of its own. What it is refused there is said with -v. 0, or
 * -errno with a sentence in ERR:
 * -EINVAL	it does not compile: result->talk has the diagnostics
 * -ETIMEDOUT	it was killed at the limit
 * -EINTR	a signal waits that stop_hold() holds back: it was killed
 * -ENOENT	libbcc cannot be loaded
 * -ECHILD	it died by a signal or without an image
 * -ENOMEM	it, or we, had not enough memory
 * -EPERM ...	the jail could not be built
 */
int child_compile(const struct child_opts *o, struct child_result *result,
		  char *err, size_t err_size);

#endif
