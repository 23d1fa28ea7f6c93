/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From an IP header to a TCP segment. The program that includes this says how
 * bytes are fetched:
 *
 *	LOAD(ctx, off, to, len)	copy LEN bytes at OFF, counted from the network
 *				header; 0, or negative when the packet ends
 *				before them
 *	IS_MERGED(ctx)		whether GRO or GSO made the packet of several
 *	LOAD_HEADERS(...)	only where there is a faster LOAD for some ten
 *				words near the start
 *
 * Nothing is read at a fixed place behind a header whose length the packet
 * itself tells, and nothing is believed before it was checked: what is no
 * whole, well-formed TCP header is no segment.
 */
#ifndef TCP_H
#define TCP_H

#include "common/ipv6.h"
#include "common/repeat.h"

#ifndef LOAD_HEADERS
#define LOAD_HEADERS LOAD
#endif

#define IPV4_MIN 20
#define IPV6_MIN 40
#define TCP_MIN 20
#define MAX_EXTENSIONS 8
#define MAX_OPTIONS 10
#define MAX_END 0x7fff /* where all these can end, in whole bits */

/*
 * A TCP segment: its headers as they are on the wire, and where they end. The
 * two IP headers share their end, so that the TCP header has one place. Offsets
 * count from the network header.
 */
struct segment {
	union {
		struct ipv6hdr ip6;
		struct {
			u8 before[IPV6_MIN - IPV4_MIN];
			struct iphdr ip4;
		};
	};
	struct tcphdr tcp;
	u32 ip;	     /* 4 or 6 */
	u32 options; /* where the TCP options start */
	u32 payload; /* where they end */
	u32 end;     /* where the payload ends */
};

static inline u16 segment_flags(const struct segment *s)
{
	const u8 *byte = (const u8 *)&s->tcp;

	return (byte[12] & 1) << 8 | byte[13];
}

/*
 * The IP version, for who has just looked at it. A verifier does not know that
 * it is the same, and so does not follow what comes once for each of the two.
 */
static inline u32 version_again(const void *header)
{
	return *(const volatile u8 *)header >> 4;
}

#if WANT_IPV6
/* A verifier wants all written that may be read as IPv6. */
static inline void no_ipv6(struct segment *s)
{
#if HAS_REPEAT
	/*
	 * It does not know where in it: so all counts as written, by what is
	 * not known, like IPv6. Known zeros it would follow apart, to the end.
	 */
	u32 at = unknown_zero(&s->ip4.tot_len) & 31;

	((u8 *)&s->ip6)[at] = at;
#else
	__builtin_memset(s->before, 0, sizeof(s->before));
#endif
}
#endif

/*
 * With the headers in place: OFF is where TCP starts, END where IP says the
 * packet ends, PKTLEN where it does end. 1 for a segment, else 0.
 */
static inline int tcp_parse(struct segment *s, u32 off, u32 end, u32 pktlen)
{
	u32 size = (((const u8 *)&s->tcp)[12] >> 4) * 4;

	s->options = off + TCP_MIN;
	s->payload = off + size;
	s->end = end;
	return size >= TCP_MIN && s->payload <= end && end <= pktlen;
}

#if WANT_IPV4
static inline u32 ipv4_end(void *ctx, const struct segment *s, u32 off,
			   u32 pktlen)
{
	/* Merged to more than 16 bits can say (BIG TCP). */
	if (!s->ip4.tot_len && IS_MERGED(ctx))
		return pktlen;
	return off + ntohs(s->ip4.tot_len);
}

static inline int ipv4_parse(void *ctx, struct segment *s, u32 off, u32 pktlen)
{
	u32 size;

	/* A packet of less than these 40 bytes holds no TCP header. */
	if (LOAD_HEADERS(ctx, off, &s->ip4, IPV4_MIN + TCP_MIN) < 0)
		return 0;
	size = s->ip4.ihl * 4;
	if (s->ip4.protocol != IPPROTO_TCP || s->ip4.version != 4 ||
	    size < IPV4_MIN)
		return 0;
	/* A later fragment starts in the middle of the payload. */
	if (s->ip4.frag_off & htons(0x1fff))
		return 0;
	if (size > IPV4_MIN && LOAD(ctx, off + size, &s->tcp, TCP_MIN) < 0)
		return 0;
#if WANT_IPV6
	no_ipv6(s);
#endif
	s->ip = version_again(&s->ip4);
	return tcp_parse(s, off + size, ipv4_end(ctx, s, off, pktlen), pktlen);
}
#endif

#if WANT_IPV6
/*
 * Walk the extension headers (RFC 8200, section 4) from the one of type NEXT
 * at OFF. Where TCP starts, or 0 when there is none to be seen.
 */
static inline u32 ipv6_find_tcp(void *ctx, u8 next, u32 off)
{
	struct {
		u8 next;
		u8 len;
		u16 frag_off;
	} ext;

	repeat (MAX_EXTENSIONS) {
		if (next == IPPROTO_TCP)
			return off;
		if (LOAD(ctx, off, &ext, sizeof(ext)) < 0)
			return 0;
		switch (next) {
		case 0:	  /* hop-by-hop options */
		case 43:  /* routing */
		case 60:  /* destination options */
		case 135: /* mobility */
		case 139: /* host identity */
		case 140: /* shim6 */
			off += (ext.len + 1) * 8;
			break;
		case 44: /* fragment: only the first has the TCP header */
			if (ext.frag_off & htons(0xfff8))
				return 0;
			off += 8;
			break;
		case 51: /* authentication header, RFC 4302 section 2.2 */
			off += (ext.len + 2) * 4;
			break;
		default:
			return 0;
		}
		next = ext.next;
		off = next_turn(off, MAX_END, &ext.frag_off);
	}
	return 0;
}

static inline u32 ipv6_end(void *ctx, const struct segment *s, u32 off,
			   u32 pktlen)
{
	/* A jumbogram (RFC 2675), as GRO makes them for BIG TCP. */
	if (!s->ip6.payload_len && IS_MERGED(ctx))
		return pktlen;
	return off + IPV6_MIN + ntohs(s->ip6.payload_len);
}

static inline int ipv6_parse(void *ctx, struct segment *s, u32 off, u32 pktlen)
{
	u32 tcp_off = off + IPV6_MIN;

	/* A packet of less than these 60 bytes holds no TCP header. */
	if (LOAD_HEADERS(ctx, off, &s->ip6, IPV6_MIN + TCP_MIN) < 0)
		return 0;
	if (s->ip6.version != 6)
		return 0;
	if (s->ip6.nexthdr != IPPROTO_TCP) {
		tcp_off = ipv6_find_tcp(ctx, s->ip6.nexthdr, tcp_off);
		if (!tcp_off || LOAD(ctx, tcp_off, &s->tcp, TCP_MIN) < 0)
			return 0;
	}
	s->ip = version_again(&s->ip6);
	return tcp_parse(s, tcp_off, ipv6_end(ctx, s, off, pktlen), pktlen);
}
#endif

static inline int is_vlan(u16 proto)
{
	return proto == htons(ETH_P_8021Q) || proto == htons(ETH_P_8021AD);
}

struct vlan_tag {
	u16 tci;
	u16 proto; /* what follows it */
};

/*
 * PROTO is the EtherType (network order) of what starts at the network header,
 * PKTLEN how many bytes the packet has from there. *VLAN comes in as the tag
 * that the device took off, or VLAN_NONE, and goes out as the outermost tag.
 * Two tags at most, taken off or left in.
 */
static inline int segment_parse(void *ctx, struct segment *s, u16 proto,
				u32 pktlen, u16 *vlan)
{
	struct vlan_tag tag;
	u32 off = 0, nr_tags = *vlan != VLAN_NONE;

	for (int i = 0; i < 2 && is_vlan(proto); i++) {
		if (nr_tags++ == 2 || LOAD(ctx, off, &tag, sizeof(tag)) < 0)
			return 0;
		if (*vlan == VLAN_NONE)
			*vlan = ntohs(tag.tci) & 0xfff;
		proto = tag.proto;
		off += sizeof(tag);
	}
#if WANT_IPV4
	if (proto == htons(ETH_P_IP))
		return ipv4_parse(ctx, s, off, pktlen);
#endif
#if WANT_IPV6
	if (proto == htons(ETH_P_IPV6))
		return ipv6_parse(ctx, s, off, pktlen);
#endif
	return 0;
}

/*
 * How far it is from the TCP option that starts with TAG, its kind and size, to
 * the next one; 64 or more when there is none. Without a branch: the verifier
 * would follow both ways, ten times over.
 */
static inline u32 option_step(u32 tag)
{
	u32 kind, size, is_nop, is_end;

	/* clang would see a comparison, and make a branch of it. */
	asm volatile("" : "+r"(tag));
	kind = tag >> 8;
	size = tag & 255;
	is_nop = ((kind ^ 1) - 1) >> 31;
	is_end = (kind - 1) >> 31 | (size - 2) >> 31;
	return is_nop | ((size | is_end << 6) & (is_nop - 1));
}

/*
 * Where the TCP option KIND of SIZE bytes is (RFC 9293 section 3.2), or 0 when
 * there is none.
 */
static inline u32 option_find(void *ctx, const struct segment *s, u8 kind,
			      u8 size)
{
	u32 off = s->options;
	u16 tag = 0;

	repeat (MAX_OPTIONS) {
		/* With less left it cannot follow. */
		if (off + size > s->payload || LOAD(ctx, off, &tag, 2) < 0)
			return 0;
		if (ntohs(tag) == (kind << 8 | size))
			return off;
		off = next_turn(off + option_step(ntohs(tag)), MAX_END, &tag);
	}
	return 0;
}

/* The MSS option of a SYN, RFC 9293 section 3.7.1; 0 when there is none. */
static inline u16 segment_mss(void *ctx, const struct segment *s)
{
	struct {
		u16 tag;
		u16 mss;
	} opt = {};
	u32 off = s->options;

	repeat (MAX_OPTIONS) {
		if (off + sizeof(opt) > s->payload)
			return 0;
		/* The packet has these bytes: tcp_parse() has looked. */
		LOAD(ctx, off, &opt, sizeof(opt));
		if (ntohs(opt.tag) == (2 << 8 | sizeof(opt)))
			return ntohs(opt.mss);
		off = next_turn(off + option_step(ntohs(opt.tag)), MAX_END,
				&opt.tag);
	}
	return 0;
}

#endif
