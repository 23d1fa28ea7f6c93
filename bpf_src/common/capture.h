/* SPDX-License-Identifier: GPL-2.0 */
/* An event and a packet's bytes, where the kernel cannot append them. */
#ifndef COMMON_CAPTURE_H
#define COMMON_CAPTURE_H

#include "common/trace.h"

/* A value of a map for each CPU has at most 32 KiB. */
#if PAYLOAD_MAX < 32000
#define CAPTURE_MAX PAYLOAD_MAX
#else
#define CAPTURE_MAX 32000
#endif
#define CAPTURE_EVENT 128 /* the longest event, rounded up */

/* An event and the packet's bytes behind it. */
struct capture {
	u8 bytes[CAPTURE_EVENT + CAPTURE_MAX];
};

BPF_PERCPU_ARRAY(capture, struct capture, 1);

/*
 * Put up to CAPLEN bytes from the network header on behind the SIZE bytes of
 * the event that EV is a part of; what became of it is in EV.
 */
static inline u32 capture_fill(struct trace *t, struct capture *c, u32 size,
			       u32 caplen, struct tcp_event *ev)
{
	u32 linear = t->tail < t->network ? 0 : t->tail - t->network;
	u64 n = caplen < linear ? caplen : linear;

	/* Else clang bounds a copy, and the verifier misses the original. */
	asm volatile("" : "+r"(n));
	if (n > CAPTURE_MAX)
		n = CAPTURE_MAX;
	if (bpf_probe_read_kernel(c->bytes + size, n, t->head + t->network))
		n = 0;
	ev->caplen = n;
	if (ev->payload_off > n)
		ev->payload_off = n;
	return n;
}

#endif
