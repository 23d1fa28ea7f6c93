// SPDX-License-Identifier: GPL-2.0
/* Doors that are closed: a reset that leaves is the kernel's "nobody here". */
#include <bcc/proto.h>

struct refusal {
	u32 daddr;
	u16 port;
};

BPF_PERF_OUTPUT(refusals);

int socket_refused(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct ip_t *ip;
	struct tcp_t *tcp;
	struct refusal r = {};
	u32 options;

	if (skb->pkt_type != 4 /* not on its way out */ || eth->type != 0x0800)
		return 0;
	ip = cursor_advance(cursor, sizeof(*ip));
	if (ip->nextp != 6 || ip->foffset || ip->hlen < 5)
		return 0;
	options = ip->hlen * 4 - sizeof(*ip);
	cursor_advance(cursor, options);
	tcp = cursor_advance(cursor, sizeof(*tcp));
	if (!tcp->flag_rst)
		return 0;
	r.daddr = __builtin_bswap32(ip->dst);
	r.port = tcp->src_port;
	refusals.perf_submit(skb, &r, sizeof(r));
	return 0;
}
