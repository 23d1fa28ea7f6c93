// SPDX-License-Identifier: GPL-2.0
/*
 * Whose each TCP connection is, by its socket. A task is taken for the owner
 * only where it is known to use the socket: it holds the socket's lock, which
 * no softirq does, whomever that may have interrupted.
 *
 *	connect		CLOSE -> SYN_SENT, by whoever connects; its packets
 *			have a port only once it leaves that state
 *	accept		nothing tells of it: the first to receive or send
 *	close		the last to have it, if nobody did either
 */
#include <linux/sched.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include <uapi/linux/ptrace.h>

#include "common/kernel.h"
#include "common/owner.h"
#include "common/owner_sock.h"
#include "common/wanted.h"

/* Ended connections: their last packets are looked up later than they end. */
BPF_TABLE("lru_hash", struct owner_key, struct owner_entry, owners_closed,
	  4096);
/* Who connects, by socket, until the connection has a port. */
BPF_F_TABLE("hash", u64, struct owner_entry, owner_pending, 4096,
	    BPF_F_NO_PREALLOC);
BPF_F_TABLE("hash", struct owner_key, struct owner_entry, owner_listeners, 4096,
	    BPF_F_NO_PREALLOC);
BPF_F_TABLE("array", u32, struct owner_marks, owner_marks, 1, BPF_F_MMAPABLE);
#if WANT_CGROUP
BPF_CGROUP_ARRAY(owner_cgroup, 1);
#endif

#ifndef PF_KTHREAD
#define PF_KTHREAD 0x00200000
#endif

/* The socket's family is that of how it was made, not of its addresses. */
static inline u32 key_fill(struct owner_key *key, struct sock *sk)
{
	struct sock_common c = {};
	u16 sport_be = 0;

	kernel_read(c, sk->__sk_common);
	/* skc_num is 0 again when a connection gets to CLOSE. */
	kernel_read(sport_be, ((struct inet_sock *)sk)->inet_sport);
	if (c.skc_family == AF_INET6) {
		__builtin_memcpy(key->local, &c.skc_v6_rcv_saddr, 16);
		__builtin_memcpy(key->remote, &c.skc_v6_daddr, 16);
	} else {
		owner_map_ipv4(key->local, c.skc_rcv_saddr);
		owner_map_ipv4(key->remote, c.skc_daddr);
	}
	key->lport = ntohs(sport_be);
	key->rport = ntohs(c.skc_dport);
	return c.skc_ipv6only ? OWNER_V6ONLY : 0;
}

static inline u8 *mark_of(const struct owner_key *key)
{
	u32 zero = 0;
	struct owner_marks *marks = owner_marks.lookup(&zero);
	u64 i = owner_mark(key);

	/* Else clang sees no need for a bound, and older verifiers see none. */
	asm volatile("" : "+r"(i));
	return marks && i < sizeof(marks->is_set) ? &marks->is_set[i] : NULL;
}

/* What comes to owners or owners_closed; after it is there. */
static inline void key_mark(const struct owner_key *key)
{
	u8 *mark = mark_of(key);

	if (mark)
		*mark = 1;
}

static inline void owner_set(struct owner_key *key, struct owner_entry *e)
{
	owners.update(key, e);
	key_mark(key);
}

/* 0 for a kernel thread: it acts for somebody else. */
static inline int entry_fill(struct owner_entry *e, struct sock *sk)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct task_struct *leader = NULL;
	u32 flags = 0;

	kernel_read(flags, task->flags);
	if (flags & PF_KTHREAD)
		return 0;
	kernel_read(leader, task->group_leader);
	kernel_read(e->comm, leader->comm);
	if (!e->comm[0]) /* it could not be read */
		bpf_get_current_comm(e->comm, sizeof(e->comm));
	e->pid = bpf_get_current_pid_tgid() >> 32;
	e->uid = bpf_get_current_uid_gid();
	e->cgroup_id = bpf_get_current_cgroup_id();
	e->ts_ns = bpf_ktime_get_ns();
	e->sk = (u64)sk;
#if WANT_CGROUP
	if (owner_cgroup.check_current_task(0) > 0)
		e->flags |= OWNER_IN_CGROUP;
#endif
	return 1;
}

/* The current task connects; the port is chosen later. */
static inline void sock_connects(struct sock *sk)
{
	struct owner_entry e = {};
	u64 id = (u64)sk;

	if (sock_is_here(sk) && entry_fill(&e, sk))
		owner_pending.update(&id, &e);
}

/* It connects from a port that nobody asked for, or is done with connecting. */
static inline void sock_connects_no_more(struct sock *sk)
{
	u64 id = (u64)sk;

	owner_pending.delete(&id);
}

/* The current task uses a connection. IS_LAST: it only ends it. */
static inline void sock_claim(struct sock *sk, int is_last)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct owner_entry e = {}, *known;
	struct owner_key key = {};

	if (!sock_is_here(sk))
		return;
	key_fill(&key, sk);
	known = owners.lookup(&key);
	if (known && (is_last || known->pid == pid))
		return;
	if (entry_fill(&e, sk))
		owner_set(&key, &e);
}

static inline void sock_listens(struct sock *sk)
{
	struct owner_entry e = {};
	struct owner_key key = {};

	if (!sock_is_here(sk) || !entry_fill(&e, sk))
		return;
	e.flags |= key_fill(&key, sk);
	__builtin_memset(key.remote, 0, sizeof(key.remote));
	key.rport = 0;
	owner_listeners.update(&key, &e);
}

static inline void sock_listens_no_more(struct sock *sk)
{
	struct owner_key key = {};
	struct owner_entry *e;

	if (!sock_is_here(sk))
		return;
	key_fill(&key, sk);
	__builtin_memset(key.remote, 0, sizeof(key.remote));
	key.rport = 0;
	e = owner_listeners.lookup(&key);
	/* Another may listen there too (SO_REUSEPORT). */
	if (e && (e->sk == (u64)sk || !e->sk))
		owner_listeners.delete(&key);
}

/* What is left of an earlier connection between the same ends goes. */
static inline void sock_establishes(struct sock *sk)
{
	struct owner_key key = {};
	struct owner_entry *e;
	u64 id = (u64)sk;

	if (!sock_is_here(sk))
		return;
	key_fill(&key, sk);
	if (owners_closed.lookup(&key))
		owners_closed.delete(&key);
	e = owner_pending.lookup(&id);
	if (e) {
		owner_set(&key, e);
		sock_connects_no_more(sk);
		return;
	}
	/* With TCP Fast Open it may have been received from already. */
	e = owners.lookup(&key);
	if (e && e->sk != id)
		owners.delete(&key);
}

static inline void sock_closes(struct sock *sk, int from)
{
	struct owner_entry e = {}, *known = NULL;
	struct owner_key key = {};
	u64 id = (u64)sk, *seen = seen_slot(sk);

	if (seen)
		*seen = 0;
	if (!sock_is_here(sk))
		return;
	key_fill(&key, sk);
	if (from == TCP_SYN_SENT)
		known = owner_pending.lookup(&id);
	if (!known)
		known = owners.lookup(&key);
	if (known)
		e = *known;
	else if (!sock_is_owned(sk) || !entry_fill(&e, sk))
		return;
	e.ts_ns = bpf_ktime_get_ns();
	/* In this order: whoever looks meanwhile finds it in one of them. */
	owners_closed.update(&key, &e);
	key_mark(&key);
	if (known)
		owners.delete(&key);
	if (from == TCP_SYN_SENT)
		sock_connects_no_more(sk);
}

/* While nobody asks for owners: one from the snapshot may have come to its end. */
static inline void sock_closes_unwanted(struct sock *sk)
{
	struct owner_key key = {};
	u8 *mark;

	key_fill(&key, sk);
	mark = mark_of(&key);
	if (mark && *mark && sock_is_here(sk))
		owners.delete(&key);
}

/* A state that only packets lead to: it tells nothing of an owner. */
static inline int is_by_packet(int state)
{
	return state == TCP_SYN_RECV || state == TCP_FIN_WAIT2 ||
	       state == TCP_TIME_WAIT || state == TCP_CLOSING;
}

RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct sock *sk = (void *)ctx->args[0];
	int from = ctx->args[1], to = ctx->args[2];

	if (is_by_packet(to))
		return 0;
	if (!owner_is_wanted() && to != TCP_LISTEN && from != TCP_LISTEN) {
		if (to == TCP_CLOSE && sock_is_asked_for(sk))
			sock_closes_unwanted(sk);
		return 0;
	}
	if (!sock_is_asked_for(sk)) {
		if (from == TCP_SYN_SENT && sock_is_here(sk))
			sock_connects_no_more(sk);
		return 0;
	}
	if (!sock_is_tcp(sk))
		return 0;
	if (to == TCP_LISTEN)
		sock_listens(sk);
	else if (to == TCP_CLOSE && from == TCP_LISTEN)
		sock_listens_no_more(sk);
	else if (to == TCP_CLOSE)
		sock_closes(sk, from);
	else if (to == TCP_ESTABLISHED)
		sock_establishes(sk);
	else if (to == TCP_SYN_SENT)
		sock_connects(sk);
	else if (from != TCP_LISTEN && sock_is_owned(sk))
		sock_claim(sk, 1);
	return 0;
}

static inline int sock_used(struct sock *sk, u64 *seen)
{
	if (!sock_is_connected(sk))
		return 0;
	*seen = seen_tag(sk);
	sock_claim(sk, 0);
	return 0;
}

/* Something was received: by a task, or by a layer of the kernel above TCP. */
TYPED_TRACEPOINT_PROBE(tcp_rcv_space_adjust)
{
	struct sock *sk = typed_sock(ctx);
	u64 *seen = sk ? slot_of_news(sk) : NULL;

	return seen && sock_is_owned(sk) ? sock_used(sk, seen) : 0;
}

/* sendmsg() of any socket has ended; the lock is no longer held. */
TYPED_TRACEPOINT_PROBE(sock_send_length)
{
	struct sock *sk = typed_sock(ctx);
	u64 *seen = sk ? slot_of_news(sk) : NULL;

	return seen && (int)ctx->args[1] > 0 && sock_is_tcp(sk)
		       ? sock_used(sk, seen)
		       : 0;
}

/* The same where no tracepoint tells of it: see tools/kernel/function.h. */
static inline int function_sends(struct sock *sk)
{
	u64 *seen = sock_is_asked_for(sk) ? slot_of_news(sk) : NULL;

	return seen ? sock_used(sk, seen) : 0;
}

/* The verifier knows an argument's type, and then it may not be hashed. */
int fentry__tcp_sendmsg(u64 *ctx)
{
	struct sock *sk = NULL;

	bpf_probe_read_kernel(&sk, sizeof(sk), ctx);
	return function_sends(sk);
}

int kprobe__tcp_sendmsg(struct pt_regs *ctx)
{
	return function_sends((struct sock *)PT_REGS_PARM1(ctx));
}

/* A connection attempt that is not answered soon has its port by now. */
RAW_TRACEPOINT_PROBE(tcp_retransmit_skb)
{
	struct sock *sk = (void *)ctx->args[0];
	struct owner_key key = {};
	struct owner_entry *e;
	u64 id = (u64)sk;
	u8 state = 0;

	kernel_read(state, sk->__sk_common.skc_state);
	if (state != TCP_SYN_SENT)
		return 0;
	e = owner_pending.lookup(&id);
	if (!e)
		return 0;
	key_fill(&key, sk);
	owner_set(&key, e);
	return 0;
}
