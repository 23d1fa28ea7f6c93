// SPDX-License-Identifier: GPL-2.0
/* Two numbers for each port: a value may be a struct. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct traffic {
	u64 packets;
	u64 bytes;
};

BPF_HASH(ports, u16, struct traffic);

int xdp_count(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct traffic zero = {}, *t;
	u16 port;

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return XDP_PASS;
	if (!tcp->syn || tcp->ack)
		return XDP_PASS;
	port = ntohs(tcp->dest);
	t = ports.lookup_or_try_init(&port, &zero);
	if (t) {
		__sync_fetch_and_add(&t->packets, 1);
		__sync_fetch_and_add(&t->bytes, ntohs(ip->tot_len));
	}
	return XDP_PASS;
}
