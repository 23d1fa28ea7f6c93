// SPDX-License-Identifier: GPL-2.0
/* Only the first SYN is dropped: TCP sends another after a second. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

BPF_ARRAY(syns, u64, 1);

int xdp_first(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	int zero = 0;
	u64 *count;

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->syn)
		return XDP_PASS;
	count = syns.lookup(&zero);
	if (!count)
		return XDP_PASS;
	return __sync_fetch_and_add(count, 1) ? XDP_PASS : XDP_DROP;
}
