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

#ifdef TREE_OF_BTF
/* What libbcc writes to send events: of a typed sk_buff it takes all pieces. */
#define bpf_perf_event_output(skb, map, flags, data, size) \
	bpf_skb_output(skb, map, flags, data, size)

/* How many of CAPLEN bytes are in front of the data: headers, as a rule. */
static inline u32 capture_part(struct trace *t, u32 caplen)
{
	u32 len = trace_data(t) - t->network;

	return len < caplen ? len : caplen;
}

static inline int capture_submit(struct trace *t, struct capture *c, u32 size,
				 u32 len)
{
	return events.perf_submit_skb(t->skb, len, c->bytes, size);
}
#else
/* What is behind the first piece cannot be read. */
static inline u32 capture_part(struct trace *t, u32 caplen)
{
	return caplen;
}

static inline int capture_submit(struct trace *t, struct capture *c, u32 size,
				 u32 len)
{
	return events.perf_submit(t->regs, c->bytes, size);
}
#endif

/*
 * Put what is in front of the data, of CAPLEN bytes from the network header on,
 * behind the SIZE bytes of the event that EV is a part of, and return how many
 * these are. The others of ev->caplen are for capture_submit().
 */
static inline u32 capture_fill(struct trace *t, struct capture *c, u32 size,
			       u32 caplen, struct tcp_event *ev)
{
	u32 linear = t->tail < t->network ? 0 : t->tail - t->network;
	u32 max = caplen < PAYLOAD_MAX ? caplen : PAYLOAD_MAX;
	u32 part = capture_part(t, max);
	u64 n = part < linear ? part : linear;

	/*
	 * In C, clang bounds a copy or what it has put aside before, and the
	 * verifier, an older one above all, misses the original.
	 */
	asm volatile("if %0 < %1 goto +1\n%0 = %1"
		     : "+r"(n)
		     : "i"(CAPTURE_MAX));
	if (bpf_probe_read_kernel(c->bytes + size, n, t->head + t->network))
		n = 0;
	ev->caplen = n == part ? max : n;
	if (ev->payload_off > ev->caplen)
		ev->payload_off = ev->caplen;
	return n;
}

#endif
