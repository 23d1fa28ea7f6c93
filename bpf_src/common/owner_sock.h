/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets as bpf_src/owner.c comes by them: whether packets of theirs were
 * asked for, what state they are in, and whether there is news of them.
 */
#ifndef COMMON_OWNER_SOCK_H
#define COMMON_OWNER_SOCK_H

#include "common/kernel.h"
#include "owner_entry.h"

BPF_ARRAY(owner_scope, struct owner_scope, 1);
/* Which socket a process was last seen to use: nothing is to be done again. */
#define SEEN_BITS 16
BPF_ARRAY(owner_seen, u64, 1 << SEEN_BITS);

static inline int sock_is_tcp(struct sock *sk)
{
	u16 protocol = 0;

	kernel_read(protocol, sk->sk_protocol);
	return protocol == IPPROTO_TCP;
}

/* Held by a task in a system call. */
static inline int sock_is_owned(struct sock *sk)
{
	int owned = 0;

	kernel_read(owned, sk->sk_lock.owned);
	return owned != 0;
}

static inline int sock_is_here(struct sock *sk)
{
	struct owner_scope *scope;
	struct net *net = NULL;
	int zero = 0;

	kernel_read(net, sk->__sk_common.skc_net.net);
	scope = owner_scope.lookup(&zero);
	return scope && scope->netns == net_inum(net);
}

/* False for a connection from LPORT whose packets nobody asked for. */
static inline int port_is_asked_for(u16 lport)
{
	struct owner_scope *scope;
	int zero = 0;

	scope = owner_scope.lookup(&zero);
	if (!scope || !scope->has_ports)
		return scope != NULL;
	/* Who connects may have none yet. */
	return !lport || scope->ports[lport >> 6] >> (lport & 63) & 1;
}

static inline int sock_is_asked_for(struct sock *sk)
{
	u16 port_be = 0;

	kernel_read(port_be, ((struct inet_sock *)sk)->inet_sport);
	return port_is_asked_for(ntohs(port_be));
}

/*
 * The socket of a typed tracepoint, or NULL when nobody asked for it: first,
 * and cheap, as this comes with all that the machine's processes send and
 * receive. As a number, since it is to be hashed.
 */
static inline struct sock *typed_sock(struct bpf_raw_tracepoint_args *ctx)
{
	struct sock *typed = (void *)ctx->args[0];
	u16 lport = 0;

	typed_read(lport, typed->__sk_common.skc_num);
	return port_is_asked_for(lport) ? (void *)typed_number(typed) : NULL;
}

/* The state is one in which a connection has two ends. */
static inline int sock_is_connected(struct sock *sk)
{
	u8 state = 0;

	kernel_read(state, sk->__sk_common.skc_state);
	return state != TCP_CLOSE && state != TCP_LISTEN &&
	       state != TCP_SYN_SENT;
}

/* Others may fall on the same slot: then it is found out again. */
static inline u64 *seen_slot(struct sock *sk)
{
	u32 i = ((u64)sk >> 6 ^ (u64)sk >> 22) & ((1 << SEEN_BITS) - 1);

	return owner_seen.lookup(&i);
}

/* One number, so that it is written at once: a socket is 64 bytes aligned, a
 * process id has 22 bits. */
static inline u64 seen_tag(struct sock *sk)
{
	return ((u64)sk << 16) + (bpf_get_current_pid_tgid() >> 32);
}

/*
 * The slot of a connection that the current task was not seen to use yet, or
 * NULL: nothing is to be done.
 */
static inline u64 *slot_of_news(struct sock *sk)
{
	u64 *seen = seen_slot(sk);

	return seen && *seen != seen_tag(sk) ? seen : NULL;
}

#endif
