// SPDX-License-Identifier: GPL-2.0
/* A ring buffer: one queue for all CPUs, in order (Linux 5.8). */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct event {
	u32 saddr;
	u16 dport;
	u8 ttl;
};

BPF_RINGBUF_OUTPUT(events, 8); /* pages */

int tc_ingress(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct event ev = {};

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->syn)
		return TC_ACT_OK;
	ev.saddr = ip->saddr;
	ev.dport = ntohs(tcp->dest);
	ev.ttl = ip->ttl;
	events.ringbuf_output(&ev, sizeof(ev), 0);
	return TC_ACT_OK;
}
