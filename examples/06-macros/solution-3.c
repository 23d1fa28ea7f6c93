// SPDX-License-Identifier: GPL-2.0
/* One text for two hooks: -D HOOK_XDP says which. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#ifdef HOOK_XDP
#define PROGRAM xdp_syns
#define CONTEXT struct xdp_md
#define PASS XDP_PASS
#else
#define PROGRAM tc_ingress
#define CONTEXT struct __sk_buff
#define PASS TC_ACT_OK
#endif

BPF_HASH(ports, u16, u64);

/* Both contexts call their pointers data and data_end. */
int PROGRAM(CONTEXT *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->syn)
		return PASS;
	ports.increment(ntohs(tcp->dest));
	return PASS;
}
