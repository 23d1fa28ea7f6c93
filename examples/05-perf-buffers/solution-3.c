// SPDX-License-Identifier: GPL-2.0
/* The beginning of each request, as text. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct event {
	char text[16];
};

BPF_PERF_OUTPUT(events);

int tc_ingress(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct event ev = {};
	u32 off;

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || tcp->syn)
		return TC_ACT_OK;
	off = sizeof(*eth) + sizeof(*ip) + tcp->doff * 4;
	/* Unlike the pointers, the helper finds all of a packet's pieces. */
	if (bpf_skb_load_bytes(skb, off, ev.text, sizeof(ev.text) - 1) < 0)
		return TC_ACT_OK;
	events.perf_submit(skb, &ev, sizeof(ev));
	return TC_ACT_OK;
}
