// SPDX-License-Identifier: GPL-2.0
/* The window scale that a SYN offers, wherever the option stands. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

#define MAX_OPTIONS 10
#define WINDOW_SCALE 3

struct offer {
	u16 dport;
	u8 window_scale;
};

BPF_PERF_OUTPUT(offers);

/* The shift, or -1. PAST is where the TCP header ends. */
static inline int scale_find(u8 *option, void *past, void *end)
{
	for (int i = 0; i < MAX_OPTIONS; i++) {
		if ((void *)option >= past || (void *)(option + 3) > end)
			return -1;
		if (option[0] == WINDOW_SCALE)
			return option[2];
		if (option[0] == 0)
			return -1;
		if (option[0] == 1)
			option++;
		else if (option[1] < 2)
			return -1;
		else
			option += option[1];
	}
	return -1;
}

int xdp_scale(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct offer o = {};
	int scale;

	if ((void *)(tcp + 1) > end || eth->h_proto != htons(ETH_P_IP) ||
	    ip->protocol != IPPROTO_TCP || ip->ihl != 5 || !tcp->syn)
		return XDP_PASS;
	scale = scale_find((u8 *)(tcp + 1), (void *)tcp + tcp->doff * 4, end);
	if (scale < 0)
		return XDP_PASS;
	o.dport = ntohs(tcp->dest);
	o.window_scale = scale;
	offers.perf_submit(ctx, &o, sizeof(o));
	return XDP_PASS;
}
