/* SPDX-License-Identifier: GPL-2.0 */
/* An event of a packet in a sk_buff, put together by hand with its bytes. */
#ifndef COMMON_TRACE_SNOOP_H
#define COMMON_TRACE_SNOOP_H

#include "event.h"
#include "common/options.h"
#include "common/account.h"
#include "common/trace.h"

#define LINK_LEN 0
#define EVENT_CTX(ctx) (((struct trace *)(ctx))->regs)

#if WANT_PAYLOAD
#include "common/capture.h"

#define EVENT_SEND(ctx, ev, size, caplen) trace_send(ctx, ev, size, caplen)

static inline int trace_send(struct trace *t, struct tcp_event *ev, u32 size,
			     u32 caplen)
{
	int zero = 0;
	struct capture *c = capture.lookup(&zero);

	if (!c)
		return -1;
	caplen = capture_fill(t, c, size, caplen, ev);
	if (size == TCP_EVENT_V4_SIZE)
		__builtin_memcpy(c->bytes, ev, TCP_EVENT_V4_SIZE);
	else
		__builtin_memcpy(c->bytes, ev, TCP_EVENT_V6_SIZE);
	return events.perf_submit(t->regs, c->bytes, size + caplen);
}
#endif

#include "common/snoop.h"

#endif
