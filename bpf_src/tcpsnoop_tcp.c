// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop, TCP hook: an event for each segment that reaches TCP of an
 * established connection (tcp:tcp_probe) and passes the filter: routing,
 * firewall and the search for a socket lie behind it. What opens, closes or
 * resets a connection takes another way in the kernel and is not seen.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include <linux/netdevice.h>
#include <net/sock.h>
#include <net/net_namespace.h>

#define HOOK HOOK_TCP

#include "common/trace_snoop.h"

/* TCP has moved the data behind the headers, and taken the device away. */
static inline void arrival_fill(struct trace *t, struct arrival *a)
{
	trace_fill(t);
	a->len = trace_len(t);
	a->wirelen = a->len;
	a->proto = PART(t, protocol);
	a->vlan = trace_vlan(t, &a->tag_proto, &a->tag_tci);
}

TYPED_TRACEPOINT_PROBE(tcp_probe)
{
	struct hook_stats *st = stats_slot();
	struct arrival a = {.dir = DIR_IN};
	struct trace t = {.regs = ctx, .skb = (void *)ctx->args[1]};
	struct sock *sk = (void *)ctx->args[0];
	struct net *net = NULL;

	typed_read(net, sk->__sk_common.skc_net.net);
	if (!st || typed_net_inum(net) != NETNS)
		return 0;
	typed_read(a.ifindex, t.skb->skb_iif);
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
