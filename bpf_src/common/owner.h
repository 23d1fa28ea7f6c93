/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The owners of connections, as bpf_src/owner.c keeps them. A program for
 * packets that includes this shares the map and can let through what belongs
 * to one process, or what nobody knows yet: user space decides on that, later.
 *
 *	WANT_OWNER_PID		OWNER_PID
 *	WANT_OWNER_COMM		OWNER_COMM_0, OWNER_COMM_1: its 16 bytes
 *	WANT_OWNER_CGROUP	those that are marked OWNER_IN_CGROUP
 */
#ifndef COMMON_OWNER_H
#define COMMON_OWNER_H

#include "owner_entry.h"

/* Each leaves as its connection ends, so what is full is never stale. */
BPF_F_TABLE("hash", struct owner_key, struct owner_entry, owners, OWNERS_MIN,
	    BPF_F_NO_PREALLOC);

static inline void owner_map_ipv4(u8 *to, u32 addr_be)
{
	u32 *word = (u32 *)to;

	word[0] = 0;
	word[1] = 0;
	word[2] = htonl(0xffff);
	word[3] = addr_be;
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

/* 0 for what is known to be another's. */
static inline int owner_passes(const struct segment *s, u8 dir)
{
	struct owner_key key = {};
	struct owner_entry *e;

	owner_key_fill(&key, s, dir);
	e = owners.lookup(&key);
	if (!e)
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
