/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A place in the kernel where a program of ours sees packets. One file a kind,
 * attach_KIND.c, with one struct hook_ops as its whole registration.
 */
#ifndef HOOK_H
#define HOOK_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

struct hook_where {
	int netns;	    /* descriptor, -1: the own one */
	const char *ifname; /* NULL: all interfaces */
	bool want_out;	    /* outgoing packets too */
};

struct hook {
	const struct hook_ops *ops;
	int fd;	     /* of the socket or link; -1 when detached */
	int ifindex; /* 0: all */
};

struct hook_ops {
	const char *name; /* as in --hook */
	const char *prog; /* the function in the program's text */
	enum bpf_prog_type type;
	/* 0, or -errno with a sentence in ERR and nothing left attached. */
	int (*attach)(struct hook *h, int prog_fd,
		      const struct hook_where *where, char *err,
		      size_t err_size);
	/* When this returns the program does not run any more. */
	void (*detach)(struct hook *h);
};

extern const struct hook_ops hook_socket;

/* Null-terminated, in the order of HOOK_* in event.h. */
extern const struct hook_ops *const hooks[];

int hook_attach(struct hook *h, const struct hook_ops *ops, int prog_fd,
		const struct hook_where *where, char *err, size_t err_size);

/* Harmless when it is not attached. */
void hook_detach(struct hook *h);

#endif
