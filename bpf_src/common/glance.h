/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A first look at a packet, so that most of those that nobody asked for cost
 * next to nothing. The program that includes this says:
 *
 *	PEEK(ctx, len)		from where LEN bytes can be peeked at, counted
 *				from the network header, or NULL
 *	PEEK_U32(at, off)	four of them, in network order
 */
#ifndef COMMON_GLANCE_H
#define COMMON_GLANCE_H

/*
 * The IP header is in *S, and TCP_OFF is where it ends; END as in tcp_parse().
 * What the filter does not look at, clang does not peek at either.
 */
static inline int glance_tcp(const void *at, u32 tcp_off, u32 end,
			     struct segment *s, u8 dir)
{
	u32 *word = (u32 *)&s->tcp;

#pragma unroll
	for (int i = 0; i < TCP_MIN / 4; i++)
		word[i] = PEEK_U32(at, tcp_off + i * 4);
	tcp_parse(s, tcp_off, end, end);
	return segment_matches(s, dir);
}

/*
 * PROTO and PKTLEN as for segment_parse(). 0 for what is no segment that
 * matches; 1 for what may be one, or has other headers than most. Only then all
 * is checked, and the filter asked again.
 */
static inline int glance(void *ctx, u16 proto, u32 pktlen, u8 dir)
{
	struct segment s = {};
	const void *at;

#if WANT_IPV4
	if (proto == htons(ETH_P_IP)) {
		u32 *word = (u32 *)&s.ip4;

		at = PEEK(ctx, IPV4_MIN + TCP_MIN);
		if (!at)
			return 1;
#pragma unroll
		for (int i = 0; i < IPV4_MIN / 4; i++)
			word[i] = PEEK_U32(at, i * 4);
		if (s.ip4.version != 4 || s.ip4.ihl != IPV4_MIN / 4)
			return 1;
		s.ip = 4;
		return glance_tcp(at, IPV4_MIN, ipv4_end(ctx, &s, 0, pktlen),
				  &s, dir);
	}
#endif
#if WANT_IPV6
	if (proto == htons(ETH_P_IPV6)) {
		u32 *word = (u32 *)&s.ip6;

		at = PEEK(ctx, IPV6_MIN + TCP_MIN);
		if (!at)
			return 1;
#pragma unroll
		for (int i = 0; i < IPV6_MIN / 4; i++)
			word[i] = PEEK_U32(at, i * 4);
		if (s.ip6.nexthdr != IPPROTO_TCP)
			return 1;
		s.ip = 6;
		return glance_tcp(at, IPV6_MIN, ipv6_end(ctx, &s, 0, pktlen),
				  &s, dir);
	}
#endif
	return 1;
}

#endif
