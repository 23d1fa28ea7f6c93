// SPDX-License-Identifier: GPL-2.0
/* As syns.c, but for FINs: saved in its place while it runs. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct tcp_event {
	u64 ts_ns;
	u32 ifindex;
	u16 sport;
	u16 dport;
	u16 flags;
	u8 ip;
	u8 doff;
	u32 saddr_be;
	u32 daddr_be;
	u32 saddr6[3]; /* an IPv4 event ends before these */
	u32 daddr6[3];
};

struct hook_stats {
	u64 seen, matched, submitted, ring_full, submit_failed;
};

BPF_PERCPU_ARRAY(stats, struct hook_stats, 1);
BPF_PERF_OUTPUT(events);

static inline void report(struct __sk_buff *skb, struct hook_stats *st,
			  const struct iphdr *ip, const struct tcphdr *tcp)
{
	struct tcp_event ev = {
		.ts_ns = bpf_ktime_get_ns(),
		.ifindex = skb->ifindex,
		.sport = ntohs(tcp->source),
		.dport = ntohs(tcp->dest),
		.flags = ((u8 *)tcp)[13],
		.ip = 4,
		.doff = tcp->doff,
		.saddr_be = ip->saddr,
		.daddr_be = ip->daddr,
	};

	st->matched++;
	if (events.perf_submit(
		    skb, &ev, __builtin_offsetof(struct tcp_event, saddr6)) < 0)
		st->submit_failed++;
	else
		st->submitted++;
}

int tcpsnoop_socket(struct __sk_buff *skb)
{
	int zero = 0;
	struct hook_stats *st = stats.lookup(&zero);
	struct tcphdr tcp;
	struct iphdr ip;

	if (!st)
		return 0;
	st->seen++;
	if (skb->protocol != htons(ETH_P_IP) ||
	    bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) < 0 ||
	    ip.protocol != IPPROTO_TCP || skb->pkt_type == 4 /* outgoing */)
		return 0;
	if (bpf_skb_load_bytes(skb, ip.ihl * 4, &tcp, sizeof(tcp)) < 0)
		return 0;
	if (tcp.fin)
		report(skb, st, &ip, &tcp);
	return 0;
}
