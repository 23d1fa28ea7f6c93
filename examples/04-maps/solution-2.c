// SPDX-License-Identifier: GPL-2.0
/* By who and where: a key may be a struct, with no byte of it left unset. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct visit {
	u32 saddr;
	u16 dport;
	u16 pad; /* else the compiler adds one, with what is on the stack */
};

BPF_HASH(visits, struct visit, u64);

int xdp_count(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct visit v = {};

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return XDP_PASS;
	if (!tcp->syn || tcp->ack)
		return XDP_PASS;
	v.saddr = ip->saddr;
	v.dport = ntohs(tcp->dest);
	visits.increment(v);
	return XDP_PASS;
}
