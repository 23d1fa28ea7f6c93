// SPDX-License-Identifier: GPL-2.0
/*
 * Attempts to connect, counted by port in the kernel: nothing is sent to user
 * space while they come, and at the end there is one number for each port.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

BPF_HASH(ports, u16, u64);

int xdp_count(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	u64 zero = 0, *count;
	u16 port;

	/* IP options are left out for the sake of a short text: lesson 3. */
	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return XDP_PASS;
	if (!tcp->syn || tcp->ack)
		return XDP_PASS;
	port = ntohs(tcp->dest);
	count = ports.lookup_or_try_init(&port, &zero);
	/* It may be NULL: the map may be full. */
	if (count)
		__sync_fetch_and_add(count, 1);
	return XDP_PASS;
}
