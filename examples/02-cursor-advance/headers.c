// SPDX-License-Identifier: GPL-2.0
/*
 * How long the headers of each request are: each tells where the next begins,
 * and none may be believed to be as short as it usually is.
 */
#include <bcc/proto.h>

#define OUTGOING 4 /* skb->pkt_type, linux/if_packet.h */

struct request {
	u16 sport;
	u16 dport;
	u16 ip_bytes;
	u16 tcp_bytes;
	u16 payload;
};

BPF_PERF_OUTPUT(requests);

int socket_headers(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct request r = {};
	struct ip_t *ip;
	struct tcp_t *tcp;
	u32 options;

	if (skb->pkt_type == OUTGOING || eth->type != 0x0800)
		return 0;
	ip = cursor_advance(cursor, sizeof(*ip));
	/* A later fragment has no TCP header. */
	if (ip->nextp != 6 || ip->foffset || ip->hlen < 5)
		return 0;
	/* From the end of struct ip_t to the end of the header. */
	options = ip->hlen * 4 - sizeof(*ip);
	cursor_advance(cursor, options);
	tcp = cursor_advance(cursor, sizeof(*tcp));
	r.ip_bytes = ip->hlen * 4;
	r.tcp_bytes = tcp->offset * 4;
	r.payload = ip->tlen - r.ip_bytes - r.tcp_bytes;
	if (!r.payload)
		return 0;
	r.sport = tcp->src_port;
	r.dport = tcp->dst_port;
	requests.perf_submit(skb, &r, sizeof(r));
	return 0;
}
