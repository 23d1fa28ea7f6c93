// SPDX-License-Identifier: GPL-2.0
/* SYNs for which -D COND=... holds, a condition in C over dport and ttl. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#ifndef COND
#define COND 1
#endif

BPF_HASH(ports, u16, u64);

int tc_ingress(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	u16 dport;
	u8 ttl;

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->syn)
		return TC_ACT_OK;
	dport = ntohs(tcp->dest);
	ttl = ip->ttl;
	if (COND)
		ports.increment(dport);
	return TC_ACT_OK;
}
