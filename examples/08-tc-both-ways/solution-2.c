// SPDX-License-Identifier: GPL-2.0
/* How long the server takes from a SYN to its answer. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct answer {
	u64 took_ns;
	u16 port;
	u8 is_refusal;
};

/* By the client's port, when its SYN came; old ones make room for new. */
BPF_TABLE("lru_hash", u16, u64, waiting, 1024);
BPF_PERF_OUTPUT(answers);

static inline struct tcphdr *tcp_find(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return NULL;
	return tcp;
}

int tc_ingress(struct __sk_buff *skb)
{
	struct tcphdr *tcp = tcp_find(skb);
	u64 now = bpf_ktime_get_ns();
	u16 port;

	if (tcp && tcp->syn && !tcp->ack) {
		port = tcp->source;
		waiting.update(&port, &now);
	}
	return TC_ACT_OK;
}

int tc_egress(struct __sk_buff *skb)
{
	struct tcphdr *tcp = tcp_find(skb);
	struct answer a = {};
	u16 port;
	u64 *since;

	if (!tcp || !(tcp->syn || tcp->rst))
		return TC_ACT_OK;
	port = tcp->dest;
	since = waiting.lookup(&port);
	if (!since)
		return TC_ACT_OK;
	a.took_ns = bpf_ktime_get_ns() - *since;
	a.port = ntohs(tcp->source);
	a.is_refusal = tcp->rst;
	waiting.delete(&port);
	answers.perf_submit(skb, &a, sizeof(a));
	return TC_ACT_OK;
}
