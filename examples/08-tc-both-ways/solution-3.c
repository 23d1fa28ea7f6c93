// SPDX-License-Identifier: GPL-2.0
/* Closed ports that keep silent: resets do not leave, as behind a firewall. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

BPF_HASH(silenced, u16, u64);

int tc_egress(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	u16 port;

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->rst)
		return TC_ACT_OK;
	port = ntohs(tcp->source);
	silenced.increment(port);
	return TC_ACT_SHOT;
}
