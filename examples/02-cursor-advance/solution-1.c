// SPDX-License-Identifier: GPL-2.0
/* The same for IPv6 without extension headers. */
#include <bcc/proto.h>

struct request {
	u16 sport;
	u16 dport;
	u16 tcp_bytes;
	u16 payload;
};

BPF_PERF_OUTPUT(requests);

int socket_headers(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct request r = {};
	struct ip6_t *ip;
	struct tcp_t *tcp;

	if (skb->pkt_type == 4 /* outgoing */ || eth->type != 0x86dd)
		return 0;
	ip = cursor_advance(cursor, sizeof(*ip));
	if (ip->next_header != 6)
		return 0;
	tcp = cursor_advance(cursor, sizeof(*tcp));
	r.tcp_bytes = tcp->offset * 4;
	/* An IPv6 length does not count the IPv6 header itself. */
	r.payload = ip->payload_len - r.tcp_bytes;
	if (!r.payload)
		return 0;
	r.sport = tcp->src_port;
	r.dport = tcp->dst_port;
	requests.perf_submit(skb, &r, sizeof(r));
	return 0;
}
