/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a packet at a hook to an event. Beside what common/tcp.h wants, the
 * program that includes this says:
 *
 *	EVENT_CTX(ctx)	the program's own context, for sending events
 *	HOOK		HOOK_* of event.h
 *	LINK_LEN	0, or the bytes in front of the network header that
 *			belong to the captured ones
 *	EVENT_SEND(ctx, ev, size, caplen)
 *			only where the kernel cannot append the packet's first
 *			CAPLEN bytes to SIZE bytes of EV by itself
 *	CAPTURE_LOAD(ctx, to, len)
 *			where events wait for others: copy those bytes, as
 *			LOAD does
 */
#ifndef SNOOP_H
#define SNOOP_H

#include "event.h"
#include "common/options.h"
#include "common/tcp.h"
#include "common/filter.h"
#include "common/account.h"
#include "common/event.h"
#include "common/wanted.h"
#if WANT_BATCH
#include "common/batch.h"
#endif
#if WANT_OWNER
#include "common/owner.h"
#endif

/* What a hook knows of a packet without looking into it. */
struct arrival {
	u32 len;     /* from the network header on */
	u32 wirelen; /* the same, and tags that are not in it */
	u32 ifindex;
	u16 proto;     /* EtherType at the network header, network order */
	u16 vlan;      /* of the tag that was taken off, or VLAN_NONE */
	u16 tag_proto; /* of that, network order, or 0 */
	u16 tag_tci;   /* of that, whole, host order */
	u16 link_tags; /* bytes of those between link and network header */
	u8 dir;
};

#if WANT_PCAP
#include "common/frame.h"
#endif
#if WANT_EXPR
#include "common/expr_help.h"
#include "common/expr.h"
#endif

/* libbcc wants the methods of a map outside of macros. */
#if WANT_PAYLOAD
#ifndef EVENT_SEND
#define EVENT_SEND event_send
static inline int event_send(void *ctx, struct tcp_event *ev, u32 size,
			     u32 caplen)
{
	return events.perf_submit_skb(EVENT_CTX(ctx), caplen, ev, size);
}
#endif

static inline void event_fill_capture(struct tcp_event *ev,
				      const struct segment *s)
{
	u32 caplen = LINK_LEN + s->end;

	if (caplen > PAYLOAD_MAX)
		caplen = PAYLOAD_MAX;
	ev->caplen = caplen;
	ev->payload_off = LINK_LEN + s->payload;
	if (ev->payload_off > caplen)
		ev->payload_off = caplen;
}
#else
#define EVENT_SEND event_send
static inline int event_send(void *ctx, struct tcp_event *ev, u32 size,
			     u32 caplen)
{
	return events.perf_submit(EVENT_CTX(ctx), ev, size);
}
#endif

static inline void event_submit(void *ctx, struct tcp_event *ev,
				const struct segment *s, struct hook_stats *st)
{
	u32 size = TCP_EVENT_V6_SIZE;

#if WANT_PAYLOAD
	event_fill_capture(ev, s);
#endif
#if WANT_BATCH
	if (batch_add(ctx, ev, st))
		return;
#endif
#if WANT_IPV4
	if (ev->ip == 4)
		size = TCP_EVENT_V4_SIZE;
#endif
	stats_submitted(st, EVENT_SEND(ctx, ev, size, ev->caplen));
}

/* ST has counted the packet as seen. */
static inline void snoop(void *ctx, struct hook_stats *st, struct arrival *a)
{
	struct tcp_event ev;
	struct segment s;

#if WANT_PCAP
	/* First: a verifier follows its loops for each way that leads here. */
	if (!pcap_matches(ctx, a))
		return;
#endif
	if (!segment_parse(ctx, &s, a->proto, a->len, &a->vlan) ||
	    !segment_matches(&s, a->dir))
		return;
#if WANT_EXPR
	if (!expr_matches(ctx, &s, a))
		return;
#endif
#if WANT_OWNER
	if (!owner_passes(&s, a->dir))
		return;
#endif
	st->matched++;
	owner_want();
	__builtin_memset(&ev, 0, sizeof(ev));
	ev.ifindex = a->ifindex;
	ev.wirelen = a->wirelen;
	ev.vlan = a->vlan;
	ev.hook = HOOK;
	ev.dir = a->dir;
	event_fill(&ev, ctx, &s);
	event_submit(ctx, &ev, &s, st);
}

#endif
