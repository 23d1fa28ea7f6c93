// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop, TC hook: an event for each TCP segment that passes traffic control
 * on its way in or out, and the filter. The frame starts at its link header.
 * The verdict is always "not mine": whatever else is attached decides.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>

#define HOOK HOOK_TC
#define LOAD(ctx, off, to, len) \
	bpf_skb_load_bytes(ctx, LINK_LEN + (off), to, len)
#define FRAME_LOAD(ctx, off, to, len) bpf_skb_load_bytes(ctx, off, to, len)
#define IS_MERGED(ctx) (((struct __sk_buff *)(ctx))->gso_size != 0)
#define EVENT_CTX(ctx) (ctx)
#define CAPTURE_LOAD(ctx, to, len) bpf_skb_load_bytes(ctx, 0, to, len)
#define DIRECT_CTX struct __sk_buff

#include "common/direct.h"
#include "common/snoop.h"
#if WANT_MATCH
#include "common/glance.h"
#endif

#define TC_ACT_UNSPEC -1

static inline int tc_snoop(struct __sk_buff *skb, u8 dir)
{
	struct hook_stats *st = stats_slot();
	struct arrival a = {
		.len = skb->len - LINK_LEN,
		.wirelen = skb->len - LINK_LEN,
		.ifindex = skb->ifindex,
		.proto = skb->protocol,
		.vlan = VLAN_NONE,
		.dir = dir,
	};

	if (!st)
		return TC_ACT_UNSPEC;
	st->seen++;
#if WANT_MATCH
	if (!glance(skb, a.proto, a.len, dir))
		return TC_ACT_UNSPEC;
#endif
	if (skb->vlan_present) {
		a.tag_proto = skb->vlan_proto;
		a.tag_tci = skb->vlan_tci;
		a.vlan = skb->vlan_tci & 0xfff;
		a.wirelen += 4;
	}
	snoop(skb, st, &a);
	return TC_ACT_UNSPEC;
}

#if WANT_IN
int tcpsnoop_tc_in(struct __sk_buff *skb)
{
	return tc_snoop(skb, DIR_IN);
}
#endif

#if WANT_OUT
int tcpsnoop_tc_out(struct __sk_buff *skb)
{
	return tc_snoop(skb, DIR_OUT);
}
#endif
