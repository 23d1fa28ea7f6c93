/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A place in the kernel where a program of ours sees packets. One file a kind,
 * attach_KIND.c, with one struct hook_ops as its whole registration.
 *
 * What a new kind takes: attach_KIND.c, its text bpf_src/tcpsnoop_KIND.c, its
 * number HOOK_KIND in include/event.h, and its line in HOOKS() below.
 */
#ifndef HOOK_H
#define HOOK_H

#include <linux/bpf.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct hook_where {
	int netns;     /* descriptor, -1: the own one */
	bool want_out; /* outgoing packets too */
};

/* A loaded program, and the kind of place that it is for. */
struct hook_prog {
	const struct hook_ops *ops;
	const char *name; /* of its function, the caller's */
	int fd;
	bool is_out; /* it is the one of ops->progs[DIR_OUT] */
};

/* One program, attached in one place. */
struct hook {
	const struct hook_ops *ops;
	int fd;			  /* of the socket or link; -1 when detached */
	int ifindex;		  /* 0: all */
	int slot;		  /* the kind's own, see clsact.c */
	char ifname[IF_NAMESIZE]; /* "": all */
	char prog[64];		  /* the name of the program's function */
	bool is_out;		  /* as in struct hook_prog */
};

struct hook_ops {
	const char *name;  /* as in --hook, and in the names of its texts */
	const char *title; /* as in sentences: "TC" */
	uint8_t number;	   /* HOOK_* of event.h, and the index in hooks[] */
	enum bpf_prog_type type;
	/* Its programs by DIR_*; where none is named for DIR_OUT, the other
	 * one sees both directions. */
	struct {
		/* The name of the function starts so. A '_' in front stands
		 * for the tool's prefix and itself: "_tc_in" is
		 * tcpsnoop_tc_in(). */
		const char *function;
		/* What the kernel is told that the program is called, where
		 * leftovers are known by it; NULL: as its function. */
		const char *kernel_name;
	} progs[2];
	bool wants_interface; /* one or more must be named */
	bool is_global;	      /* attached once, whatever the interfaces */
	bool is_in_only;      /* sees no outgoing packets */
	bool has_link_header; /* its captured bytes start with it */
	bool has_targets; /* where programs go is in their names, see named.h */
	/* Packets wait for its programs and lie open before them: in_way.h
	 * sees to it that they are let be. */
	bool is_in_way;
	int32_t verdict; /* what lets a packet go on, where one is asked for */
	/* Its programs get the kernel's own struct sk_buff, of any interface
	 * in any namespace. */
	bool reads_skb;
	/* Events that wait for others may hold bytes of packets: its texts
	 * have a CAPTURE_LOAD() (common/snoop.h). */
	bool can_batch_bytes;
	/* BPF_F_* with which this kernel loads its programs; NULL: none. */
	uint32_t (*prog_flags)(void);
	/* For --check, which attaches an empty program for a moment. */
	struct {
		const char *function; /* where its name matters; or NULL */
	} check;
	/*
	 * Attach to h->ifname (h->ifindex) or to all. The thread is in the
	 * namespace. 0, or -errno with a sentence in ERR and nothing left.
	 */
	int (*attach)(struct hook *h, int prog_fd,
		      const struct hook_where *where, char *err,
		      size_t err_size);
	/*
	 * Run PROG_FD instead of what is attached, in one step: each packet
	 * meets one of the two. The thread is in the namespace. 0 or -errno.
	 * NULL where the kernel cannot: see hook_replace().
	 */
	int (*replace)(struct hook *h, int prog_fd);
	/* When this returns the program does not run any more. */
	void (*detach)(struct hook *h, const struct hook_where *where);
};

/* Every hook that --hook may name, by its number. */
#define HOOKS(HOOK)      \
	HOOK(socket)     \
	HOOK(tc)         \
	HOOK(xdp)        \
	HOOK(tracepoint) \
	HOOK(tcp)        \
	/* the next one */

#define HOOK_DECLARE(name) extern const struct hook_ops hook_##name;
HOOKS(HOOK_DECLARE)

/* The same, NULL-ended. */
extern const struct hook_ops *const hooks[];

/* For a user's own programs: packets with their link header; not in hooks[]. */
extern const struct hook_ops hook_raw_socket;

/* The hook of tcp_event.hook, or NULL: there is none of that number. */
const struct hook_ops *hook_by_number(unsigned number);

/*
 * Whether the function NAME is a program for OPS, of a tool with PREFIX
 * ("tcpsnoop"); *IS_OUT is what struct hook_prog wants to know. Pure.
 */
bool hook_takes(const struct hook_ops *ops, const char *prefix,
		const char *name, bool *is_out);

/* "tcpsnoop_tc_in() or tcpsnoop_tc_out()": what hook_takes() looks for. */
void hook_functions_list(const struct hook_ops *ops, const char *prefix,
			 char *text, size_t size);

/*
 * Attach PROG to IFNAME (NULL: all) in the namespace of WHERE. 0, or -errno
 * with a sentence in ERR.
 */
int hook_attach(struct hook *h, const struct hook_prog *prog,
		const char *ifname, const struct hook_where *where, char *err,
		size_t err_size);

/*
 * Run PROG_FD instead of what is attached. No packet is missed; at a tracepoint
 * one that comes in this moment may meet both. 0, or -errno and the old one
 * goes on.
 */
int hook_replace(struct hook *h, int prog_fd, const struct hook_where *where);

/* Harmless when it is not attached. */
void hook_detach(struct hook *h, const struct hook_where *where);

#endif
