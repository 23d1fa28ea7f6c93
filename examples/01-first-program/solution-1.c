// SPDX-License-Identifier: GPL-2.0
/* FINs to a port in place of SYNs: who says goodbye. */
#include <bcc/proto.h>

#ifndef PORT
#define PORT 80
#endif

struct goodbye {
	u32 saddr;
	u16 sport;
	u16 dport;
};

BPF_PERF_OUTPUT(goodbyes);

int socket_goodbye(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct ip_t *ip;
	struct tcp_t *tcp;
	struct goodbye g = {};
	u32 options;

	if (skb->pkt_type == 4 /* on its way out */ || eth->type != 0x0800)
		return 0;
	ip = cursor_advance(cursor, sizeof(*ip));
	if (ip->nextp != 6 || ip->foffset || ip->hlen < 5)
		return 0;
	options = ip->hlen * 4 - sizeof(*ip);
	cursor_advance(cursor, options);
	tcp = cursor_advance(cursor, sizeof(*tcp));
	if (tcp->dst_port != PORT || !tcp->flag_fin)
		return 0;
	g.saddr = __builtin_bswap32(ip->src);
	g.sport = tcp->src_port;
	g.dport = tcp->dst_port;
	goodbyes.perf_submit(skb, &g, sizeof(g));
	return 0;
}
