/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two ends of a socket, as the filters know those of a segment that comes
 * in to it: its destination is the local end. The program that includes this
 * says, beside the families that it wants:
 *
 *	NETNS	the number of the namespace whose sockets it looks at
 */
#ifndef ENDS_H
#define ENDS_H

#include "common/ipv6.h"
#include "common/kernel.h"

/* Addresses and ports in network order; zeroed, it can be a key of a map. */
struct segment {
	struct {
		struct in6_addr saddr, daddr;
	} ip6;
	struct {
		u32 saddr, daddr;
	} ip4;
	struct {
		u16 source, dest;
	} tcp;
	u32 ip; /* 4 or 6 */
};

/* Whether it is one of TCP, and in our namespace. */
static inline int sock_is_ours(const struct sock *sk)
{
	struct net *net = NULL;
	u16 protocol = 0;

	kernel_read(protocol, sk->sk_protocol);
	if (protocol != IPPROTO_TCP)
		return 0;
	kernel_read(net, sk->sk_net.net);
	return net_inum(net) == NETNS;
}

/* 4 also for IPv4 through a socket of IPv6 (RFC 4291, section 2.5.5.2). */
static inline u32 sock_ip(const struct sock *sk)
{
	u16 family = 0;
	u32 addr[4] = {};

	kernel_read(family, sk->sk_family);
	if (family != AF_INET6)
		return 4;
	kernel_read(addr, sk->sk_v6_daddr);
	return !addr[0] && !addr[1] && addr[2] == htonl(0xffff) ? 4 : 6;
}

/* The local port, network order: sk_num is taken away before the end. */
static inline u16 sock_lport(const struct sock *sk)
{
	u16 lport = 0;

	kernel_read(lport, inet_sk(sk)->inet_sport);
	return lport;
}

/*
 * SK may be a request, which has its ends where a socket has them, but for the
 * LPORT; IP is its family. 1 with *S filled, which comes zeroed, or 0: not
 * asked for.
 */
static inline int ends_read(const struct sock *sk, u32 ip, u16 lport,
			    struct segment *s)
{
	kernel_read(s->tcp.source, sk->sk_dport);
	s->tcp.dest = lport;
	s->ip = ip;
#if WANT_IPV4
	if (ip == 4) {
		kernel_read(s->ip4.saddr, sk->sk_daddr);
		kernel_read(s->ip4.daddr, sk->sk_rcv_saddr);
		return 1;
	}
#endif
#if WANT_IPV6
	if (ip == 6) {
		kernel_read(s->ip6.saddr, sk->sk_v6_daddr);
		kernel_read(s->ip6.daddr, sk->sk_v6_rcv_saddr);
		return 1;
	}
#endif
	return 0;
}

#endif
