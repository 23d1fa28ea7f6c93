/* SPDX-License-Identifier: GPL-2.0 */
/* The functions of a user's own program, put where they go. */
#ifndef PROBE_ATTACH_H
#define PROBE_ATTACH_H

#include <stdint.h>

#include "kernel/hook.h"
#include "kernel/load.h"
#include "kernel/probe.h"

/* One function in one place. */
struct attachment {
	const struct probe *probe;
	int fd;		  /* of the event or link; -1: see hook */
	struct hook hook; /* of packets */
};

/*
 * Find what a uprobe's target names, before anything is made: a file that
 * somebody else made may take long to read. Nothing for other kinds. 0, or
 * -errno with a sentence in ERR.
 */
int probe_resolve(struct probe *p, struct load_error *err);

/* Undo it. */
void probe_release(struct probe *p);

/*
 * Load P's function; LIKE, for an entry of a program array, is where the
 * others go. The program's descriptor, or -errno with ERR filled: -EOPNOTSUPP
 * when the kernel has no such hook.
 */
int probe_load(const struct loaded *l, const struct probe *p,
	       const struct probe *like, struct load_error *err);

/*
 * Attach PROG_FD to P's place, which is resolved, for packets on IFNAME (NULL: all) in the
 * namespace of WHERE. 0, or -errno with a sentence in ERR: -EOPNOTSUPP as
 * above.
 */
int probe_attach(struct attachment *a, const struct probe *p, int prog_fd,
		 const char *ifname, const struct hook_where *where,
		 struct load_error *err);

/* Put PROG_FD into the program array that P names. Likewise. */
int probe_put(const struct loaded *l, const struct probe *p, int prog_fd,
	      struct load_error *err);

void probe_detach(struct attachment *a, const struct hook_where *where);

/* How many packets a socket filter has let through since the last call. */
uint32_t probe_nr_passed(const struct attachment *a);

#endif
