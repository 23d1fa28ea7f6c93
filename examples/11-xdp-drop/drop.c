// SPDX-License-Identifier: GPL-2.0
/*
 * Drops what asks for a connection to one port, before the kernel has seen it.
 * For the lab: on a machine that you reach by network, think twice.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#ifndef PORT
#define PORT 80
#endif

BPF_ARRAY(dropped, u64, 1);

/* No packet is dropped that was not understood to its end. */
int xdp_drop(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return XDP_PASS;
	if (tcp->dest != htons(PORT) || !tcp->syn)
		return XDP_PASS;
	dropped.increment(0);
	return XDP_DROP;
}
