// SPDX-License-Identifier: GPL-2.0
/*
 * SYNs as the network driver sees them. An XDP program is given two pointers,
 * and must prove before each access that it stays between them.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct knock {
	u32 saddr;
	u16 sport;
	u16 dport;
};

BPF_PERF_OUTPUT(knocks);

/* The TCP header of an IPv4 packet, or NULL; *IP is then good too. */
static inline struct tcphdr *tcp_find(void *data, void *end, struct iphdr **ip)
{
	struct ethhdr *eth = data;
	struct tcphdr *tcp;

	if ((void *)(eth + 1) > end || eth->h_proto != htons(ETH_P_IP))
		return NULL;
	*ip = (void *)(eth + 1);
#ifndef NO_CHECK
	if ((void *)(*ip + 1) > end)
		return NULL;
#endif
	if ((*ip)->protocol != IPPROTO_TCP || (*ip)->ihl < 5 ||
	    (*ip)->frag_off & htons(0x1fff))
		return NULL;
	/* A variable length: what was proved before says nothing of this. */
	tcp = (void *)*ip + (*ip)->ihl * 4;
	if ((void *)(tcp + 1) > end)
		return NULL;
	return tcp;
}

int xdp_syn(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct knock k = {};
	struct iphdr *ip;
	struct tcphdr *tcp = tcp_find(data, end, &ip);

	if (!tcp || !tcp->syn || tcp->ack)
		return XDP_PASS;
	k.saddr = ip->saddr;
	k.sport = ntohs(tcp->source);
	k.dport = ntohs(tcp->dest);
	knocks.perf_submit(ctx, &k, sizeof(k));
	return XDP_PASS;
}
