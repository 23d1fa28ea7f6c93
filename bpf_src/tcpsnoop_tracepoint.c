// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop, tracepoint hook: an event for each TCP segment that enters the
 * network stack (net:netif_receive_skb), on any interface of the namespace,
 * and passes the filter. The packet is read out of the kernel's own sk_buff,
 * so only what lies in its linear part can be seen: the headers do.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include <linux/netdevice.h>
#include <net/net_namespace.h>

#define HOOK HOOK_TRACEPOINT

#include "common/trace_snoop.h"

/* What is to be known of a packet before looking into it. */
static inline void arrival_fill(struct trace *t, struct arrival *a)
{
	trace_fill(t);
	trace_from_data(t);
	a->len = PART(t, len);
	a->proto = PART(t, protocol);
	a->vlan = trace_vlan(t, &a->tag_proto, &a->tag_tci);
	a->wirelen = a->len;
	if (a->vlan != VLAN_NONE)
		a->wirelen += 4;
}

TYPED_TRACEPOINT_PROBE(netif_receive_skb)
{
	struct hook_stats *st = stats_slot();
	struct arrival a = {.dir = DIR_IN};
	struct trace t = {.regs = ctx, .skb = (void *)ctx->args[0]};
	struct net_device *dev = NULL;

	typed_read(dev, t.skb->dev);
	if (!st || device_netns(dev) != NETNS)
		return 0;
	typed_read(a.ifindex, dev->ifindex);
#if WANT_INTERFACES
	if (!is_interface(a.ifindex))
		return 0;
#endif
	st->seen++;
	arrival_fill(&t, &a);
	if (TRACE_GLANCE(&t, &a))
		snoop(&t, st, &a);
	return 0;
}
