// SPDX-License-Identifier: GPL-2.0
/* SYNs over IPv6 without extension headers. */
#include <linux/if_ether.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>

struct knock {
	u16 sport;
	u16 dport;
	u8 hop_limit;
};

BPF_PERF_OUTPUT(knocks);

int xdp_syn6(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct ipv6hdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct knock k = {};

	/* All sizes are fixed: one look at the last byte proves all. */
	if ((void *)(tcp + 1) > end)
		return XDP_PASS;
	if (eth->h_proto != htons(ETH_P_IPV6) || ip->nexthdr != IPPROTO_TCP ||
	    !tcp->syn || tcp->ack)
		return XDP_PASS;
	k.sport = ntohs(tcp->source);
	k.dport = ntohs(tcp->dest);
	k.hop_limit = ip->hop_limit;
	knocks.perf_submit(ctx, &k, sizeof(k));
	return XDP_PASS;
}
