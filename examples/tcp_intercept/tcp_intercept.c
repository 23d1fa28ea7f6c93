// SPDX-License-Identifier: GPL-2.0
/*
 * Reports each SYN that arrives at a port: who knocks, and at which door.
 *
 *	bpfrun-c examples/tcp_intercept/tcp_intercept.c -i lo
 *	bpfrun-c examples/tcp_intercept/tcp_intercept.c -i lo -D PORT=443
 *
 * A socket filter: it is given every packet of the interface, and what it
 * returns says how many bytes of it its socket is to get. Nothing that happens
 * here touches the packet itself.
 */
#include <uapi/linux/bpf.h>
#include <bcc/proto.h>

#ifndef PORT
#define PORT 80
#endif

#define PACKET_OUTGOING 4 /* linux/if_packet.h */
#define ETHERTYPE_IP 0x0800
#define PROTOCOL_TCP 6

struct knock {
	u64 ts;	   /* nanoseconds since the machine was started */
	u32 saddr; /* as in the packet, most significant byte first */
	u32 daddr;
	u16 sport;
	u16 dport;
};

BPF_PERF_OUTPUT(knocks);

/* The address A, which cursor_advance() has put in this machine's order. */
static u32 in_packet_order(u32 a)
{
	return __builtin_bswap32(a);
}

int socket_tcp_intercept(struct __sk_buff *skb)
{
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct ip_t *ip;
	struct tcp_t *tcp;
	struct knock k = {};
	u32 ip_len;

	/* On its way out, as all on the loopback interface first is. */
	if (skb->pkt_type == PACKET_OUTGOING)
		return 0;
	if (eth->type != ETHERTYPE_IP)
		return 0;
	ip = cursor_advance(cursor, sizeof(*ip));
	if (ip->nextp != PROTOCOL_TCP)
		return 0;
	/* Only the beginning of a whole packet has a TCP header. */
	if (ip->mf || ip->foffset)
		return 0;
	/* Options may stand between the headers: hlen counts 32-bit words. */
	ip_len = ip->hlen * 4;
	if (ip_len < sizeof(*ip))
		return 0;
	cursor_advance(cursor, ip_len - sizeof(*ip));
	tcp = cursor_advance(cursor, sizeof(*tcp));
	if (tcp->dst_port != PORT || !tcp->flag_syn || tcp->flag_ack)
		return 0;
	k.ts = bpf_ktime_get_ns();
	k.saddr = in_packet_order(ip->src);
	k.daddr = in_packet_order(ip->dst);
	k.sport = tcp->src_port;
	k.dport = tcp->dst_port;
	knocks.perf_submit(skb, &k, sizeof(k));
	return 0;
}
