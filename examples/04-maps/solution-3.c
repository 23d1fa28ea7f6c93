// SPDX-License-Identifier: GPL-2.0
/* How often each TCP flag was set: an array with a slot of each CPU's own. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

BPF_PERCPU_ARRAY(flags, u64, 8);

int xdp_flags(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 ||
	    tcp->dest != htons(81))
		return XDP_PASS;
	for (int i = 0; i < 8; i++) {
		int slot = i;
		u64 *count = flags.lookup(&slot);

		/* No other CPU writes here, so this need not be atomic. */
		if (count && ((u8 *)tcp)[13] & 1 << i)
			++*count;
	}
	return XDP_PASS;
}
