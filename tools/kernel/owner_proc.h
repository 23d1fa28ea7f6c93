/* SPDX-License-Identifier: GPL-2.0 */
/* Who holds a socket, from /proc. */
#ifndef OWNER_PROC_H
#define OWNER_PROC_H

#include "kernel/owner_cgroup.h"
#include "kernel/owner_diag.h"

/* A socket and its holder; 0, or -errno to end. */
typedef int (*owner_proc_fn)(void *arg, const struct owner_sock *s,
			     const struct owner_entry *e);

/*
 * Call FN for each socket of LIST that a process holds; when several do, for
 * the one with the lowest number, which as a rule made it. TOP (may be NULL) is
 * the cgroup whose processes are OWNER_IN_CGROUP. 0 or -errno.
 */
int owner_proc_walk(struct owner_socks *list, const struct owner_cgroups *c,
		    const char *top, owner_proc_fn fn, void *arg);

/* The inode in "socket:[123]", 0 for another text. Pure. */
uint32_t owner_proc_inode(const char *link);

/* The real user in the text of /proc/PID/status. Pure. */
uint32_t owner_proc_uid(const char *status);

/*
 * The cgroup2 path in the text of /proc/PID/cgroup, which is cut there. NULL
 * when there is none, or its line does not end in TEXT.
 */
const char *owner_proc_cgroup(char *text);

#endif
