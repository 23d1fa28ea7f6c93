// SPDX-License-Identifier: GPL-2.0
/* The same with the size of the packet: a field more is a column more. */
#include <bcc/proto.h>

#ifndef PORT
#define PORT 80
#endif

struct knock {
	u32 saddr;
	u16 sport;
	u16 dport;
	u16 bytes; /* of the IP packet */
};

BPF_PERF_OUTPUT(knocks);

int socket_knock(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct ip_t *ip;
	struct tcp_t *tcp;
	struct knock k = {};
	u32 options;

	if (skb->pkt_type == 4 /* on its way out */ || eth->type != 0x0800)
		return 0;
	ip = cursor_advance(cursor, sizeof(*ip));
	if (ip->nextp != 6 || ip->foffset || ip->hlen < 5)
		return 0;
	options = ip->hlen * 4 - sizeof(*ip);
	cursor_advance(cursor, options);
	tcp = cursor_advance(cursor, sizeof(*tcp));
	if (tcp->dst_port != PORT || !tcp->flag_syn || tcp->flag_ack)
		return 0;
	k.saddr = __builtin_bswap32(ip->src);
	k.sport = tcp->src_port;
	k.dport = tcp->dst_port;
	k.bytes = ip->tlen;
	knocks.perf_submit(skb, &k, sizeof(k));
	return 0;
}
