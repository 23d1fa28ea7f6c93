/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf_src/tcpwhy_tracepoint.c knows of an attempt to connect: the entries
 * of its map "attempts", which user space looks through for those that got
 * nowhere, and what it sends at once. Read by clang for BPF too, as event.h is.
 */
#ifndef TCPWHY_EVENT_H
#define TCPWHY_EVENT_H

#define WHY_ATTEMPTS 4096 /* entries of each map; 5.10 locks their memory */

/* Addresses in network order; IPv4: the first word, the others 0. */
struct why_key {
	__u32 remote[4];
	__u32 local[4];
	__u16 remote_port;
	__u16 local_port;
	__u32 ip; /* 4 or 6 */
};

/* why_attempt.state */
#define WHY_OPEN 0 /* not known yet how it ends */
#define WHY_TOLD 1 /* a verdict was given */

/* why_attempt.how, of an event */
#define WHY_DROPPED 0 /* the SYN */
#define WHY_RST_IN 1  /* a reset instead of the last step */
#define WHY_RST_OUT 2 /* connected, and reset before a byte was sent */
#define WHY_NOTHING 3 /* time went by */

struct why_attempt {
	__u64 first_ns; /* CLOCK_MONOTONIC: the first SYN */
	__u64 last_ns;	/* the last thing that happened */
	__u64 location; /* where the kernel dropped the last segment, or 0 */
	__u32 reason;	/* for what, where has_reason */
	__u32 seq;	/* of the SYN */
	__u32 ifindex;
	__u32 queued; /* in the accept queue then, where has_queue */
	__u32 limit;
	__u16 nr_syn;
	__u16 nr_synack;  /* sent again, the first not counted */
	__u16 nr_refused; /* last steps of the handshake that were dropped */
	__u8 state;
	__u8 how;
	__u8 has_reason;
	__u8 has_queue;
	__u8 pad[6];
};

struct why_event {
	__u64 ts_ns;
	struct why_key key;
	struct why_attempt attempt;
};

_Static_assert(sizeof(struct why_key) == 40, "no padding");
_Static_assert(sizeof(struct why_attempt) == 64, "no padding");
_Static_assert(sizeof(struct why_event) == 112, "no padding");

#endif
