/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For programs of typed tracepoints: a segment in a sk_buff on its way through
 * the stack, where it may have lost its device, and its data may point behind
 * its headers; what holds are the offsets of the headers from the start of the
 * buffer. The program says in common/options.h:
 *
 *	NETNS			the number of the namespace it watches
 *	is_interface(ifindex)	where WANT_INTERFACES is on
 *	is_early(reason)	see packet_ifindex()
 */
#ifndef COMMON_SKB_H
#define COMMON_SKB_H

#include "common/trace.h"
#include "common/tcp.h"
#include "common/filter.h"

/*
 * The number that "ls -L /proc/PID/ns/net" shows, or 0. A packet that found
 * its socket has no device any more, but the socket or a route.
 */
static inline u32 packet_netns(struct sk_buff *skb, struct sock *sk)
{
	struct net_device *dev = NULL;
	struct dst_entry *dst = NULL;
	struct net *net = NULL;
	unsigned long ref = 0;

	if (!sk)
		typed_read(sk, skb->sk);
	if (sk) {
		typed_read(net, sk->__sk_common.skc_net.net);
		return typed_net_inum(net);
	}
	typed_read(dev, skb->dev);
	if (dev)
		return device_netns(dev);
	typed_read(ref, skb->_skb_refdst);
	dst = (struct dst_entry *)(ref & ~1UL); /* bit 0: not counted */
	if (!dst)
		return 0;
	kernel_read(dev, dst->dev);
	kernel_read(net, dev->nd_net.net);
	return net_inum(net);
}

/*
 * Where the packet came in, or 0 for one of our own on its way out: only what
 * enters the stack has skb_iif. In front of that, where CPUs hand packets on,
 * the reason tells, and data is at the network header.
 */
static inline u32 packet_ifindex(struct trace *t, u32 reason)
{
	struct net_device *dev = NULL;
	u32 ifindex = PART(t, skb_iif);

	if (ifindex || !is_early(reason))
		return ifindex;
	typed_read(dev, t->skb->dev);
	typed_read(ifindex, dev->ifindex);
	trace_from_data(t);
	return ifindex;
}

/* In the namespace and on an interface that are asked for: its index, or 0. */
static inline u32 packet_arrival(struct trace *t, struct sock *sk, u32 reason)
{
	u32 ifindex, netns;

	trace_fill(t);
	ifindex = packet_ifindex(t, reason);
	if (!ifindex)
		return 0;
#if WANT_INTERFACES
	if (!is_interface(ifindex))
		return 0;
#endif
	/* What cannot be told is taken: nothing may be missed. */
	netns = packet_netns(t->skb, sk);
	return !netns || netns == NETNS ? ifindex : 0;
}

/*
 * The segment, 1 when it passes the filter, else 0. Also one whose lengths are
 * wrong, as that may be why it was dropped: then it has no payload that we
 * could tell. *LEN is the packet's from the network header on, *VLAN the
 * outermost tag.
 */
static inline int trace_segment(struct trace *t, struct segment *s, u32 *len,
				u16 *vlan)
{
	u16 tag_proto = 0, tag_tci = 0;

	*vlan = trace_vlan(t, &tag_proto, &tag_tci);
	*len = trace_len(t);
	if (!segment_parse(t, s, PART(t, protocol), *len, vlan)) {
		if (!s->ip)
			return 0;
		s->options = s->payload = s->end = 0;
	}
	return segment_matches(s, DIR_IN);
}

/* What kernels pass to kfree_skb beside the packet and the location. */
#if WANT_REASON
#define DROP_REASON(ctx) ((u32)(ctx)->args[2])
#else
#define DROP_REASON(ctx) 0
#endif
#if WANT_SOCKET
#define DROP_SOCKET(ctx) ((struct sock *)(ctx)->args[3])
#else
#define DROP_SOCKET(ctx) NULL
#endif

#endif
