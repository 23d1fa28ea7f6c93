// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop, XDP hook: an event for each TCP segment as the driver received it,
 * before the kernel made anything of it, that passes the filter. The frame
 * starts at its link header and is always passed on.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>

#define HOOK HOOK_XDP
#define IS_MERGED(ctx) 0
#define FRAME_LOAD(ctx, off, to, len) LOAD(ctx, (u32)(off)-LINK_LEN, to, len)
#define EVENT_CTX(ctx) (ctx)
#define DIRECT_CTX struct xdp_md

#if WANT_FRAGS
/* Frames may be spread over several buffers. */
#define LOAD(ctx, off, to, len) \
	bpf_xdp_load_bytes(ctx, LINK_LEN + (off), to, len)
#define FRAME_LEN(ctx) bpf_xdp_get_buff_len(ctx)
#else
#define LOAD(ctx, off, to, len) xdp_load(ctx, LINK_LEN + (off), to, len)
#define FRAME_LEN(ctx) ((ctx)->data_end - (ctx)->data)

static inline int xdp_load(struct xdp_md *ctx, u32 off, void *to, u32 len)
{
	void *from = (void *)(long)ctx->data;

	/* No frame is longer, and the verifier wants to know. */
	if (off > 0x3fff)
		return -1;
#if WANT_PCAP
	/* That of 5.10 forgets it, as clang compares another register. */
	asm volatile("" : "+r"(off));
	off &= 0x3fff;
#endif
	from += off;
	if (from + len > (void *)(long)ctx->data_end)
		return -1;
	__builtin_memcpy(to, from, len);
	return 0;
}
#endif

#include "common/direct.h"
#include "common/snoop.h"
#if WANT_MATCH
#include "common/glance.h"
#endif

/* The EtherType behind the link header; without one, by the IP version. */
static inline u16 frame_protocol(struct xdp_md *ctx)
{
#if WANT_LINK
	u16 proto;

	return LOAD_HEADERS(ctx, -2, &proto, sizeof(proto)) < 0 ? 0 : proto;
#else
	u8 version;

	if (LOAD_HEADERS(ctx, 0, &version, sizeof(version)) < 0)
		return 0;
	return version >> 4 == 4 ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
#endif
}

int tcpsnoop_xdp(struct xdp_md *ctx)
{
	struct hook_stats *st = stats_slot();
	struct arrival a = {
		.ifindex = ctx->ingress_ifindex,
		.vlan = VLAN_NONE,
		.dir = DIR_IN,
	};

	if (!st)
		return XDP_PASS;
	st->seen++;
	a.proto = frame_protocol(ctx);
#if WANT_MATCH
	/* The length tells only of what was merged, and nothing was yet. */
	if (!glance(ctx, a.proto, 0, DIR_IN))
		return XDP_PASS;
#endif
	a.len = FRAME_LEN(ctx) - LINK_LEN;
	a.wirelen = a.len;
	snoop(ctx, st, &a);
	return XDP_PASS;
}
