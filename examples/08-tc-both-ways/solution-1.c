// SPDX-License-Identifier: GPL-2.0
/* Bytes of payload by direction, of connections with port 80. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

BPF_ARRAY(payload, u64, 2);

static inline void count(struct __sk_buff *skb, int is_out)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 ||
	    (is_out ? tcp->source : tcp->dest) != htons(80))
		return;
	payload.increment(is_out,
			  ntohs(ip->tot_len) - sizeof(*ip) - tcp->doff * 4);
}

int tc_ingress(struct __sk_buff *skb)
{
	count(skb, 0);
	return TC_ACT_OK;
}

int tc_egress(struct __sk_buff *skb)
{
	count(skb, 1);
	return TC_ACT_OK;
}
