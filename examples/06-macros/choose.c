// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that the command line chooses: each option is a macro, and what is
 * not asked for is not in the program.
 *
 *	-D PORT=N	only to this port
 *	-D MIN=N	only with so many bytes of payload or more
 *	-D COUNT	count them; do not report each
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#ifndef MIN
#define MIN 0
#endif

struct segment {
	u16 sport;
	u16 dport;
	u16 payload;
};

#ifdef COUNT
BPF_HASH(segments, u16, u64);
#else
BPF_PERF_OUTPUT(segments);
#endif

static inline int is_wanted(const struct segment *s)
{
#ifdef PORT
	if (s->dport != PORT)
		return 0;
#endif
	return s->payload >= MIN;
}

int tc_ingress(struct __sk_buff *skb)
{
	void *end = (void *)(long)skb->data_end;
	struct ethhdr *eth = (void *)(long)skb->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct segment s = {};

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return TC_ACT_OK;
	s.sport = ntohs(tcp->source);
	s.dport = ntohs(tcp->dest);
	s.payload = ntohs(ip->tot_len) - sizeof(*ip) - tcp->doff * 4;
	if (!is_wanted(&s))
		return TC_ACT_OK;
#ifdef COUNT
	segments.increment(s.dport);
#else
	segments.perf_submit(skb, &s, sizeof(s));
#endif
	return TC_ACT_OK;
}
