/* SPDX-License-Identifier: GPL-2.0 */
/* An event of a packet in a sk_buff, put together by hand with its bytes. */
#ifndef COMMON_TRACE_SNOOP_H
#define COMMON_TRACE_SNOOP_H

#include "event.h"
#include "common/options.h"
#include "common/account.h"
#include "common/trace.h"

#define LINK_LEN 0
#define FRAME_LOAD(ctx, off, to, len) trace_load_link(ctx, off, to, len)
#define FRAME_IS_RAW(ctx) trace_is_raw(ctx)
#if HAS_CASTS
#define FRAME_NEAR(ctx, len) trace_near(ctx, len)
#endif
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
	return capture_submit(t, c, size + caplen, ev->caplen - caplen);
}
#endif

/* A packet that never had a link header, or lost it, has no place for one. */
static inline u32 trace_link(struct trace *t)
{
	u16 link = PART(t, mac_header);

	return link == 0xffff || link > t->network ? t->network : link;
}

static inline int trace_is_raw(struct trace *t)
{
	return trace_link(t) == t->network;
}

static inline int trace_load_link(struct trace *t, u32 off, void *to, u32 len)
{
	off += trace_link(t);
	if (off + len > t->tail)
		return -1;
	return bpf_probe_read_kernel(to, len, t->head + off);
}

#if HAS_CASTS
static inline void *trace_near(struct trace *t, u32 *len)
{
	u32 off = trace_link(t);

	*len = off > t->tail ? 0 : t->tail - off;
	return t->head + off;
}
#endif

#include "common/snoop.h"

#if WANT_MATCH
#if HAS_CASTS
#include "common/glance.h"

#define TRACE_GLANCE(t, a) glance(t, (a)->proto, (a)->len, (a)->dir)
#endif
#endif
#ifndef TRACE_GLANCE
#define TRACE_GLANCE(t, a) 1
#endif

#endif
