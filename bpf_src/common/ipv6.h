/* SPDX-License-Identifier: GPL-2.0 */
/* The halves of an IPv6 address as numbers, for filters. */
#ifndef COMMON_IPV6_H
#define COMMON_IPV6_H

static inline u64 ipv6_high(const struct in6_addr *addr)
{
	const u32 *word = (const u32 *)addr;

	return (u64)ntohl(word[0]) << 32 | ntohl(word[1]);
}

static inline u64 ipv6_low(const struct in6_addr *addr)
{
	const u32 *word = (const u32 *)addr;

	return (u64)ntohl(word[2]) << 32 | ntohl(word[3]);
}

#endif
