// SPDX-License-Identifier: GPL-2.0
/*
 * An event for each attempt to connect, through a perf buffer: a queue for each
 * CPU, which the program fills and user space empties.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

/* Largest fields first, so that there are no holes between them. */
struct event {
	u64 ts_ns;
	u32 saddr;
	u16 dport;
	u8 ttl;
};

BPF_PERF_OUTPUT(events);

int tc_ingress(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	/* All of it is sent, padding too: nothing may be left as it was. */
	struct event ev = {};

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->syn)
		return TC_ACT_OK;
	ev.ts_ns = bpf_ktime_get_ns();
	ev.saddr = ip->saddr;
	ev.dport = ntohs(tcp->dest);
	ev.ttl = ip->ttl;
	events.perf_submit(skb, &ev, sizeof(ev));
	return TC_ACT_OK;
}
