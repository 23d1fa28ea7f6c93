/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bpf_src/tcpdrop_tracepoint.c sends: a segment, and where and why the
 * kernel dropped it. Read by clang for BPF too, as event.h is.
 */
#ifndef TCPDROP_EVENT_H
#define TCPDROP_EVENT_H

#include "event.h"

/*
 * packet.caplen bytes of the packet may follow the event, as event.h says.
 * has_reason: kernels before 5.17 give none.
 */
struct drop_event {
	struct tcp_event packet; /* always whole */
	__u64 location;		 /* address in the kernel's text */
	__u32 reason;		 /* enum skb_drop_reason of the kernel */
	__u32 has_reason;
};

_Static_assert(__builtin_offsetof(struct drop_event, packet.ts_ns) == 0,
	       "an event starts with its time");
_Static_assert(sizeof(struct drop_event) == TCP_EVENT_V6_SIZE + 16,
	       "no padding");

#endif
