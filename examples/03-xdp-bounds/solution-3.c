// SPDX-License-Identifier: GPL-2.0
/* Requests by their method: the first four bytes of the payload. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct request {
	char method[4];
	u16 dport;
};

BPF_PERF_OUTPUT(requests);

int xdp_method(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct request r = {};
	char *text;

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return XDP_PASS;
	text = (void *)tcp + tcp->doff * 4;
	/* Short frames are filled up: ask IP, too, whether there is payload. */
	if ((void *)(text + 4) > end ||
	    ntohs(ip->tot_len) < sizeof(*ip) + tcp->doff * 4 + 4)
		return XDP_PASS;
	__builtin_memcpy(r.method, text, sizeof(r.method));
	r.dport = ntohs(tcp->dest);
	requests.perf_submit(ctx, &r, sizeof(r));
	return XDP_PASS;
}
