/* SPDX-License-Identifier: GPL-2.0 */
/* Network namespaces: found by what a user calls them, entered for a while. */
#ifndef NETNS_H
#define NETNS_H

#include <stddef.h>

/*
 * SPEC is a process id, a name as of ip-netns(8), or a path. A descriptor, or
 * -errno with a sentence in ERR.
 */
int netns_open(const char *spec, char *err, size_t err_size);

/*
 * Make FD (-1: none, nothing happens) this thread's network namespace. A
 * descriptor for netns_leave(), -1 for none, or -errno - 1 (below -1).
 */
int netns_enter(int fd);

/* Go back; PREVIOUS is what netns_enter() returned, and is closed. */
void netns_leave(int previous);

#endif
