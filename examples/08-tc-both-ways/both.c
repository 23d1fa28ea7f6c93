// SPDX-License-Identifier: GPL-2.0
/*
 * Both directions, counted at TC: one function for what arrives, one for what
 * leaves.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct kind {
	char dir[4];
	char flags[4];
};

BPF_HASH(segments, struct kind, u64);

static inline void count(struct __sk_buff *skb, char first)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct kind k = {.dir = {first}};

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return;
	if (tcp->syn)
		k.flags[0] = 'S';
	else if (tcp->rst)
		k.flags[0] = 'R';
	else
		return;
	if (tcp->ack)
		k.flags[1] = 'A';
	segments.increment(k);
}

int tc_ingress(struct __sk_buff *skb)
{
	count(skb, '<');
	return TC_ACT_OK;
}

int tc_egress(struct __sk_buff *skb)
{
	count(skb, '>');
	return TC_ACT_OK;
}
