// SPDX-License-Identifier: GPL-2.0
/* Only what begins with "GET ". */
#include <bcc/proto.h>

struct word_t {
	unsigned int word;
} BPF_PACKET_HEADER;

struct request {
	u16 dport;
	u16 payload;
};

BPF_PERF_OUTPUT(requests);

int socket_get(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct request r = {};
	struct ip_t *ip;
	struct tcp_t *tcp;
	struct word_t *text;
	u32 options;

	if (skb->pkt_type == 4 /* outgoing */ || eth->type != 0x0800)
		return 0;
	ip = cursor_advance(cursor, sizeof(*ip));
	if (ip->nextp != 6 || ip->foffset || ip->hlen < 5)
		return 0;
	options = ip->hlen * 4 - sizeof(*ip);
	cursor_advance(cursor, options);
	tcp = cursor_advance(cursor, sizeof(*tcp));
	r.payload = ip->tlen - ip->hlen * 4 - tcp->offset * 4;
	if (r.payload < 4 || tcp->offset < 5)
		return 0;
	options = tcp->offset * 4 - sizeof(*tcp);
	cursor_advance(cursor, options);
	text = cursor_advance(cursor, sizeof(*text));
	if (text->word != 0x47455420) /* "GET " */
		return 0;
	r.dport = tcp->dst_port;
	requests.perf_submit(skb, &r, sizeof(r));
	return 0;
}
