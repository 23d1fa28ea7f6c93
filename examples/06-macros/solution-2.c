// SPDX-License-Identifier: GPL-2.0
/* SYNs of one network, -D NET=IP(10,80,0,0) -D BITS=24. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#define IP(a, b, c, d) ((u32)(a) << 24 | (b) << 16 | (c) << 8 | (d))

#ifndef NET
#define NET IP(127, 0, 0, 0)
#define BITS 8
#endif

/* A wrong option is found by the compiler. */
_Static_assert(BITS > 0 && BITS <= 32, "BITS is 1 to 32");

BPF_HASH(ports, u16, u64);

int tc_ingress(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->syn)
		return TC_ACT_OK;
	if ((ntohl(ip->saddr) ^ NET) >> (32 - BITS) == 0)
		ports.increment(ntohs(tcp->dest));
	return TC_ACT_OK;
}
