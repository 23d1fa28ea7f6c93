/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The owners of connections, as bpf_src/owner.c keeps them. A program for
 * packets that includes this shares the maps and can let through what belongs
 * to one process, or what is not known for sure: user space decides on that,
 * later.
 *
 *	WANT_OWNER_PID		OWNER_PID
 *	WANT_OWNER_COMM		OWNER_COMM_0, OWNER_COMM_1: its 16 bytes
 *	WANT_OWNER_CGROUP	those that are marked OWNER_IN_CGROUP
 */
#ifndef COMMON_OWNER_H
#define COMMON_OWNER_H

#include "owner_entry.h"

BPF_F_TABLE("hash", struct owner_key, struct owner_entry, owners, OWNERS_MIN,
	    BPF_F_NO_PREALLOC);
/* That map, and those that user space adds as it fills up. */
BPF_ARRAY_OF_MAPS(owner_maps, "owners", OWNER_MAPS);

static inline void *owner_map_at(u32 i)
{
	int at = i;

	return (void *)owner_maps.lookup(&at);
}

static inline void owner_map_ipv4(u8 *to, u32 addr_be)
{
	u32 *word = (u32 *)to;

	word[0] = 0;
	word[1] = 0;
	word[2] = htonl(0xffff);
	word[3] = addr_be;
}

static inline int owner_is_mapped(const u8 *addr)
{
	const u32 *word = (const u32 *)addr;

	return !word[0] && !word[1] && word[2] == htonl(0xffff);
}

#if WANT_OWNER
/* The end of the connection that is here. */
static inline void owner_key_fill(struct owner_key *key,
				  const struct segment *s, u8 dir)
{
	u8 *src = dir == DIR_IN ? key->remote : key->local;
	u8 *dst = dir == DIR_IN ? key->local : key->remote;
	u16 sport = ntohs(s->tcp.source), dport = ntohs(s->tcp.dest);

	key->lport = dir == DIR_IN ? dport : sport;
	key->rport = dir == DIR_IN ? sport : dport;
	key->kind = s->ip;
#if WANT_IPV4
	if (s->ip == 4) {
		owner_map_ipv4(src, s->ip4.saddr);
		owner_map_ipv4(dst, s->ip4.daddr);
	}
#endif
#if WANT_IPV6
	if (s->ip == 6) {
		__builtin_memcpy(src, &s->ip6.saddr, 16);
		__builtin_memcpy(dst, &s->ip6.daddr, 16);
	}
#endif
}

/* Not in the first map: there is no other one as a rule. */
static inline struct owner_entry *owner_find_more(struct owner_key *key)
{
	struct owner_entry *e = NULL;
	void *map;

	for (u32 i = 1; !e && i < OWNER_MAPS; i++) {
		map = owner_map_at(i);
		if (!map)
			break;
		e = bpf_map_lookup_elem(map, key);
	}
	return e;
}

/* 0 for what is known to be another's. A SYN may begin a new connection. */
static inline int owner_passes(const struct segment *s, u8 dir)
{
	struct owner_key key = {};
	struct owner_entry *e;

	if (segment_flags(s) & TCP_SYN)
		return 1;
	owner_key_fill(&key, s, dir);
	e = owners.lookup(&key);
	if (!e)
		e = owner_find_more(&key);
	if (!e || e->flags & (OWNER_SHARED | OWNER_ENDED))
		return 1;
#if WANT_OWNER_PID
	if (e->pid != OWNER_PID)
		return 0;
#endif
#if WANT_OWNER_COMM
	if (*(u64 *)e->comm != OWNER_COMM_0 ||
	    *(u64 *)(e->comm + 8) != OWNER_COMM_1)
		return 0;
#endif
#if WANT_OWNER_CGROUP
	if (!(e->flags & OWNER_IN_CGROUP))
		return 0;
#endif
	return 1;
}
#endif

#endif
