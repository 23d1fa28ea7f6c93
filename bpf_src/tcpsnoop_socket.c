// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop, socket hook: an event for each TCP segment that arrives (or leaves)
 * and passes the filter. This runs as the filter of a packet socket, so the
 * kernel hands it every packet of the interface, from the network header on; it
 * always says 0, "keep nothing of it".
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>

#define HOOK HOOK_SOCKET
#define LINK_LEN 0
#define LOAD(ctx, off, to, len) bpf_skb_load_bytes(ctx, off, to, len)
#define FRAME_LOAD(ctx, off, to, len) \
	bpf_skb_load_bytes_relative(ctx, off, to, len, BPF_HDR_START_MAC)
/* It knows no pages, and there is the payload of what Linux itself sends. */
#define FRAME_LOAD_IS_PART 1
#define FRAME_IS_RAW(ctx) frame_is_raw(ctx)
#define IS_MERGED(ctx) (((struct __sk_buff *)(ctx))->gso_size != 0)
#define EVENT_CTX(ctx) (ctx)
#define CAPTURE_LOAD(ctx, to, len) bpf_skb_load_bytes(ctx, 0, to, len)

#include "common/cast.h"

#if HAS_CASTS
#define PEEK(ctx, len) linear_peek(ctx, len)
#define PEEK_U32(at, off) (*(const u32 *)((at) + (off)))
#define FRAME_NEAR(ctx, len) linear_near(ctx, len)

/* LEN bytes from the network header on, or NULL. */
static inline const u32 *linear_peek(void *ctx, u32 len)
{
	struct sk_buff *skb = cast_to_kern_ctx(ctx);

	return skb->len - skb->data_len < len ? NULL : cast(skb->data);
}

#define NO_HEADER 0xffff /* as linux/skbuff.h has it */

/* The frame for words of pcap-filter, which also a printed text may get. */
static inline void *linear_near(void *ctx, u32 *len)
{
	struct sk_buff *skb = cast_to_kern_ctx(ctx);
	u32 end = skb->tail, off = skb->mac_header;
	void *head;

	cast_read(head, skb->head);
	*len = off == NO_HEADER || off > end ? 0 : end - off;
	return head + off;
}
#else
/*
 * A word costs a third of a copy of the headers. Where the packet ends before
 * it, the kernel ends the program, with 0; that was no whole segment.
 */
#define PEEK(ctx, len) (ctx)
#define PEEK_U32(at, off) htonl(load_word(at, off))
#endif

#if WANT_BOTH_LINKS
/* Without a link header that place is the network header's: same bytes. */
static inline int frame_is_raw(struct __sk_buff *skb)
{
	u64 link[2], network[2];

	return !bpf_skb_load_bytes_relative(skb, 0, link, sizeof(link),
					    BPF_HDR_START_MAC) &&
	       !bpf_skb_load_bytes(skb, 0, network, sizeof(network)) &&
	       link[0] == network[0] && link[1] == network[1];
}
#endif

#include "common/snoop.h"
#if WANT_MATCH
#include "common/glance.h"
#endif

#define PACKET_OUTGOING 4
#define LOOPBACK_IFINDEX 1

#if WANT_OUT
/*
 * A packet that leaves with tags in its frame: its protocol is the tag's, but
 * its network header is behind the tags (but for frames from packet sockets on
 * older kernels). The EtherType of what is at the network header, or 0.
 */
static inline u16 out_protocol(struct __sk_buff *skb, struct arrival *a)
{
	struct vlan_tag tag[2], first;

	if (bpf_skb_load_bytes_relative(skb, ETH_HLEN, tag, sizeof(tag),
					BPF_HDR_START_MAC) < 0 ||
	    LOAD(skb, 0, &first, sizeof(first)) < 0)
		return 0;
	if (first.tci == tag[0].tci && first.proto == tag[0].proto)
		return a->proto;
	if (a->vlan == VLAN_NONE)
		a->vlan = ntohs(tag[0].tci) & 0xfff;
	else if (is_vlan(tag[0].proto))
		return 0;
	a->wirelen += sizeof(tag[0]);
	a->link_tags += sizeof(tag[0]);
	if (!is_vlan(tag[0].proto))
		return tag[0].proto;
	a->wirelen += sizeof(tag[1]);
	a->link_tags += sizeof(tag[1]);
	return is_vlan(tag[1].proto) ? 0 : tag[1].proto;
}
#endif

int tcpsnoop_socket(struct __sk_buff *skb)
{
	struct hook_stats *st = stats_slot();
	u8 dir = skb->pkt_type == PACKET_OUTGOING ? DIR_OUT : DIR_IN;
	struct arrival a = {
		.len = skb->len,
		.wirelen = skb->len,
		.ifindex = skb->ifindex,
		.proto = skb->protocol,
		.vlan = VLAN_NONE,
		.dir = dir,
	};

	if (!st)
		return 0;
	st->seen++;
#if WANT_BOTH
	/* On loopback every packet leaves and arrives: once is enough. */
	if (dir == DIR_OUT && a.ifindex == LOOPBACK_IFINDEX)
		return 0;
#else
	if (dir != DIRECTION)
		return 0;
#endif
#if WANT_MATCH
	if (!glance(skb, a.proto, a.len, dir))
		return 0;
#endif
	if (skb->vlan_present) {
		a.tag_proto = skb->vlan_proto;
		a.tag_tci = skb->vlan_tci;
		a.vlan = skb->vlan_tci & 0xfff;
		a.wirelen += 4;
	}
#if WANT_OUT
	if (dir == DIR_OUT && is_vlan(a.proto))
		a.proto = out_protocol(skb, &a);
#endif
	snoop(skb, st, &a);
	return 0;
}
