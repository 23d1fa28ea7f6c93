// SPDX-License-Identifier: GPL-2.0
/* The MSS that a SYN offers: with Linux the first option (kind 2). */
#include <bcc/proto.h>

/* A header of one's own: read in the packet's byte order, as those of BCC. */
struct mss_t {
	unsigned char kind;
	unsigned char length;
	unsigned short mss;
} BPF_PACKET_HEADER;

struct offer {
	u16 dport;
	u16 mss;
};

BPF_PERF_OUTPUT(offers);

int socket_mss(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct offer o = {};
	struct ip_t *ip;
	struct tcp_t *tcp;
	struct mss_t *option;
	u32 options;

	if (skb->pkt_type == 4 /* outgoing */ || eth->type != 0x0800)
		return 0;
	ip = cursor_advance(cursor, sizeof(*ip));
	if (ip->nextp != 6 || ip->foffset || ip->hlen < 5)
		return 0;
	options = ip->hlen * 4 - sizeof(*ip);
	cursor_advance(cursor, options);
	tcp = cursor_advance(cursor, sizeof(*tcp));
	if (!tcp->flag_syn || tcp->offset < 6)
		return 0;
	option = cursor_advance(cursor, sizeof(*option));
	if (option->kind != 2 || option->length != 4)
		return 0;
	o.dport = tcp->dst_port;
	o.mss = option->mss;
	offers.perf_submit(skb, &o, sizeof(o));
	return 0;
}
