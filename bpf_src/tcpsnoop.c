// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop: an event for each TCP segment that arrives (or leaves) and passes
 * the filter. This runs as the filter of a packet socket, so the kernel hands
 * it every packet of the interface; it always says 0, "keep nothing of it".
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>

#include "event.h"
#include "common/options.h"

#define LOAD(ctx, off, to, len) bpf_skb_load_bytes(ctx, off, to, len)
#define IS_MERGED(ctx) (((struct __sk_buff *)(ctx))->gso_size != 0)

#include "common/tcp.h"
#include "common/filter.h"
#include "common/account.h"
#include "common/event.h"

#define PACKET_OUTGOING 4
#define LOOPBACK_IFINDEX 1

#if WANT_OUT
/*
 * A packet that leaves with tags in its frame: its protocol is the tag's, but
 * its network header is behind the tags (but for frames from packet sockets on
 * older kernels). The EtherType of what is at the network header, or 0.
 */
static inline u16 out_protocol(struct __sk_buff *skb, u16 *vlan, u32 *wirelen)
{
	struct vlan_tag tag[2], first;

	if (bpf_skb_load_bytes_relative(skb, ETH_HLEN, tag, sizeof(tag),
					BPF_HDR_START_MAC) < 0 ||
	    LOAD(skb, 0, &first, sizeof(first)) < 0)
		return 0;
	if (first.tci == tag[0].tci && first.proto == tag[0].proto)
		return skb->protocol;
	if (*vlan == VLAN_NONE)
		*vlan = ntohs(tag[0].tci) & 0xfff;
	else if (is_vlan(tag[0].proto))
		return 0;
	*wirelen += sizeof(tag[0]);
	if (!is_vlan(tag[0].proto))
		return tag[0].proto;
	*wirelen += sizeof(tag[1]);
	return is_vlan(tag[1].proto) ? 0 : tag[1].proto;
}
#endif

static inline int skb_submit(struct __sk_buff *skb, struct tcp_event *ev,
			     const struct segment *s)
{
#if WANT_PAYLOAD
	u32 caplen = s->end;

	if (caplen > PAYLOAD_MAX)
		caplen = PAYLOAD_MAX;
	ev->caplen = caplen;
	ev->payload_off = s->payload < caplen ? s->payload : caplen;
#if WANT_IPV4
	if (ev->ip == 4)
		return events.perf_submit_skb(skb, caplen, ev,
					      TCP_EVENT_V4_SIZE);
#endif
	return events.perf_submit_skb(skb, caplen, ev, TCP_EVENT_V6_SIZE);
#else
#if WANT_IPV4
	if (ev->ip == 4)
		return events.perf_submit(skb, ev, TCP_EVENT_V4_SIZE);
#endif
	return events.perf_submit(skb, ev, TCP_EVENT_V6_SIZE);
#endif
}

int tcpsnoop_socket(struct __sk_buff *skb)
{
	struct hook_stats *st = stats_slot();
	struct segment s;
	u8 dir = skb->pkt_type == PACKET_OUTGOING ? DIR_OUT : DIR_IN;
	u16 vlan = skb->vlan_present ? skb->vlan_tci & 0xfff : VLAN_NONE;
	u32 wirelen = skb->len + (vlan == VLAN_NONE ? 0 : 4);
	u16 proto = skb->protocol;

	if (!st)
		return 0;
	st->seen++;
#if WANT_BOTH
	/* On loopback every packet leaves and arrives: once is enough. */
	if (dir == DIR_OUT && skb->ifindex == LOOPBACK_IFINDEX)
		return 0;
#else
	if (dir != DIRECTION)
		return 0;
#endif
#if WANT_OUT
	if (dir == DIR_OUT && is_vlan(proto))
		proto = out_protocol(skb, &vlan, &wirelen);
#endif
	if (!segment_parse(skb, &s, proto, skb->len, &vlan) ||
	    !segment_matches(&s, dir))
		return 0;
	st->matched++;

	struct tcp_event ev = {};

	ev.ifindex = skb->ifindex;
	ev.wirelen = wirelen;
	ev.vlan = vlan;
	ev.hook = HOOK_SOCKET;
	ev.dir = dir;
	event_fill(&ev, skb, &s);
	stats_submitted(st, skb_submit(skb, &ev, &s));
	return 0;
}
