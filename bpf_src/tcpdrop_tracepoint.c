// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdrop: an event for each incoming TCP segment that the kernel frees as
 * dropped (skb:kfree_skb) and that passes the filter.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/sock.h>
#include <net/net_namespace.h>

#include "tcpdrop_event.h"
#include "common/options.h"
#include "common/skb.h"
#include "common/account.h"
#include "common/event.h"
#if WANT_PAYLOAD
#include "common/capture.h"
#endif

/*
 * The peer's FIN, without data, that did its work: it goes with the queue of a
 * socket that is closed, or by the hand of TIME_WAIT, which gives no reason.
 * Nothing is lost by it, and it would show for each ordinary connection.
 */
static inline int is_taken(struct trace *t, const struct segment *s, u32 reason)
{
	u32 len = 0;

	if (!(segment_flags(s) & TCP_FIN) || s->end != s->payload)
		return 0;
#if WANT_REASON
	return is_taking(reason);
#else
	/* In the queue its header was pulled off. */
	typed_read(len, t->skb->len);
	return !len;
#endif
}

/* libbcc wants the methods of a map outside of macros. */
#if WANT_PAYLOAD
static inline int drop_submit(struct trace *t, struct drop_event *ev,
			      const struct segment *s)
{
	int zero = 0;
	struct capture *c = capture.lookup(&zero);
	u32 caplen;

	if (!c)
		return -1;
	ev->packet.payload_off = s->payload;
	caplen = capture_fill(t, c, sizeof(*ev), ev->packet.wirelen,
			      &ev->packet);
	__builtin_memcpy(c->bytes, ev, sizeof(*ev));
	return capture_submit(t, c, sizeof(*ev) + caplen,
			      ev->packet.caplen - caplen);
}
#else
static inline int drop_submit(struct trace *t, struct drop_event *ev,
			      const struct segment *s)
{
	return events.perf_submit(t->regs, ev, sizeof(*ev));
}
#endif

static inline void drop_take(struct trace *t, u32 ifindex, u64 location,
			     u32 reason)
{
	struct drop_event ev = {};
	struct hook_stats *st = stats_slot();
	struct segment s = {};

	if (!st)
		return;
	st->seen++;
	if (!trace_segment(t, &s, &ev.packet.wirelen, &ev.packet.vlan) ||
	    is_taken(t, &s, reason))
		return;
	st->matched++;
	ev.packet.ifindex = ifindex;
	ev.packet.hook = HOOK_TRACEPOINT;
	ev.packet.dir = DIR_IN;
	event_fill(&ev.packet, t, &s);
	ev.location = location;
#if WANT_REASON
	ev.reason = reason;
	ev.has_reason = 1;
#endif
	stats_submitted(st, drop_submit(t, &ev, &s));
}

TYPED_TRACEPOINT_PROBE(kfree_skb)
{
	struct trace t = {.regs = ctx, .skb = (void *)ctx->args[0]};
	struct sock *sk = DROP_SOCKET(ctx);
	u32 reason = DROP_REASON(ctx), ifindex;

	ifindex = packet_arrival(&t, sk, reason);
	if (ifindex)
		drop_take(&t, ifindex, ctx->args[1], reason);
	return 0;
}
