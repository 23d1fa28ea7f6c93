// SPDX-License-Identifier: GPL-2.0
/* So many SYNs a second from one address, -D RATE=N, and no more. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#ifndef RATE
#define RATE 5
#endif

#ifndef WINDOW_NS
#define WINDOW_NS 1000000000ULL
#endif

struct budget {
	u64 since_ns;
	u64 passed;
	u64 dropped;
};

BPF_TABLE("lru_hash", u32, struct budget, sources, 1024);

int xdp_limit(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct budget fresh = {.since_ns = bpf_ktime_get_ns()}, *b;
	u32 saddr;

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->syn)
		return XDP_PASS;
	saddr = ip->saddr;
	b = sources.lookup_or_try_init(&saddr, &fresh);
	if (!b)
		return XDP_PASS;
	if (fresh.since_ns - b->since_ns >= WINDOW_NS) {
		b->since_ns = fresh.since_ns;
		b->passed = 0;
	}
	if (b->passed >= RATE) {
		__sync_fetch_and_add(&b->dropped, 1);
		return XDP_DROP;
	}
	__sync_fetch_and_add(&b->passed, 1);
	return XDP_PASS;
}
