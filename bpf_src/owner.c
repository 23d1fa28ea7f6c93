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
#include "common/owner_sock.h"
#include "common/owner_table.h"
#include "common/wanted.h"

#if WANT_CGROUP
BPF_CGROUP_ARRAY(owner_cgroup, 1);
#endif

#ifndef PF_KTHREAD
#define PF_KTHREAD 0x00200000
#endif

/* The socket's family is that of how it was made, not of its addresses. */
static inline void key_fill(struct owner_key *key, struct sock *sk)
{
	struct sock_common c = {};
	u16 sport_be = 0;

	kernel_read(c, sk->__sk_common);
	/* skc_num is 0 again when a connection gets to CLOSE. */
	kernel_read(sport_be, ((struct inet_sock *)sk)->inet_sport);
	key->kind = 4;
	if (c.skc_family == AF_INET6) {
		__builtin_memcpy(key->local, &c.skc_v6_rcv_saddr, 16);
		__builtin_memcpy(key->remote, &c.skc_v6_daddr, 16);
		if (!owner_is_mapped(key->remote))
			key->kind = 6;
	} else {
		owner_map_ipv4(key->local, c.skc_rcv_saddr);
		owner_map_ipv4(key->remote, c.skc_daddr);
	}
	key->lport = ntohs(sport_be);
	key->rport = ntohs(c.skc_dport);
}

/* Of a socket without a remote end; 0 when it is none of a process. */
static inline int key_fill_socket(struct owner_key *key, struct sock *sk)
{
	struct socket *socket = NULL;
	unsigned long inode = 0;

	kernel_read(socket, sk->sk_socket);
	if (!socket)
		return 0;
	/* A struct socket is the first member of that. */
	kernel_read(inode, ((struct socket_alloc *)socket)->vfs_inode.i_ino);
	*(u32 *)key->local = inode;
	key->kind = OWNER_OF_SOCKET;
	return 1;
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
	/* By a call: a copy of bytes is 16 of everything for a verifier. */
	kernel_call_read(e->comm, leader->comm);
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

/*
 * KNOWN is of another socket with the same ends, and lives: that is possible
 * where both are bound to devices, and then nobody can tell whose a packet is.
 * NEW is of the socket at hand; its pid matters only where a snapshot does not
 * know the socket, and is 0 where the socket may have another process by now.
 */
static inline int is_shared(struct owner_entry *known,
			    const struct owner_entry *new)
{
	if (known->flags & OWNER_ENDED || known->sk == new->sk)
		return 0;
	if (!known->sk && (!new->pid || known->pid == new->pid))
		return 0;
	known->flags |= OWNER_SHARED;
	return 1;
}

/* The current task uses a connection. 0: there is no room for that. */
static inline int sock_claim(struct owner_shared *sh, struct sock *sk)
{
	u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct owner_entry e = {.sk = (u64)sk};
	struct owner_key key = {};
	struct owner_place p;

	if (!sock_is_here(sk))
		return 1;
	key_fill(&key, sk);
	owner_find(&p, &key);
	if (p.e && is_shared(p.e, &e))
		return 1;
	if (p.e && !(p.e->flags & OWNER_ENDED) && p.e->pid == pid)
		return 1;
	return !entry_fill(&e, sk) ||
	       owner_set(sh, &p, &key, &e, owner_mark_of(sh, &key));
}

/* What is noted of a listener for who looks for it. */
static inline u16 listener_note(struct owner_shared *sh, struct sock *sk)
{
	struct sock_common c = {};
	u16 port_be = 0, port;

	kernel_read(c, sk->__sk_common);
	kernel_read(port_be, ((struct inet_sock *)sk)->inet_sport);
	port = ntohs(port_be);
	/* Without bind(2) the kernel chooses a port only now. */
	if (!port)
		sh->some_listens = 1;
	sh->listens[port] = 1;
	if (c.skc_bound_dev_if || c.skc_reuseport)
		sh->is_shared[port] = 1;
	return port;
}

/* What is to become of an entry. */
#define KEEP 0
#define SET 1
#define SET_ENDED 2
#define FORGET 3

/*
 * From FROM to TO, of a connection. CONNECTS is who made the socket connect, if
 * that is known, KNOWN who has the connection, and E who will.
 */
static inline int change_of(struct sock *sk, int from, int to,
			    const struct owner_entry *connects,
			    struct owner_entry *known, struct owner_entry *e)
{
	if (connects)
		e->pid = connects->pid;
	if (known && is_shared(known, e))
		return KEEP;
	/* What is left of an earlier connection between the same ends goes; with
	 * TCP Fast Open it may have been received from already. */
	if (known && known->flags & OWNER_ENDED)
		known = NULL;
	if (to == TCP_ESTABLISHED && !connects)
		return known && known->sk == (u64)sk ? KEEP : FORGET;
	if (known && to != TCP_CLOSE && to != TCP_ESTABLISHED)
		return KEEP;
	if (known && to == TCP_CLOSE)
		connects = known;
	if (connects)
		__builtin_memcpy(e, connects, sizeof(*e));
	else if (!sock_is_owned(sk) || !entry_fill(e, sk))
		return KEEP;
	return to == TCP_CLOSE ? SET_ENDED : SET;
}

static inline void change_make(struct owner_shared *sh, struct owner_place *p,
			       struct owner_key *key, struct owner_entry *e,
			       int what, u64 mark)
{
	struct owner_ended ended;

	if (what == SET_ENDED) {
		e->ts_ns = bpf_ktime_get_ns();
		e->flags |= OWNER_ENDED;
	}
	if (what == FORGET && p->e)
		owner_forget(sh, p->map, key);
	if ((what != SET && what != SET_ENDED) ||
	    !owner_set(sh, p, key, e, mark) || what == SET)
		return;
	__builtin_memcpy(&ended.key, key, sizeof(*key));
	ended.ts_ns = e->ts_ns;
	ended.map = p->nr;
	ended.pad = 0;
	ended_keep(sh, &ended);
}

/* From a state in which nobody but who connects has used the socket. */
static inline int is_connecting(int from)
{
	return from == TCP_SYN_SENT || from == TCP_SYN_RECV;
}

/* A state that only packets lead to: it tells nothing of an owner. */
static inline int is_by_packet(int state)
{
	return state == TCP_SYN_RECV || state == TCP_FIN_WAIT2 ||
	       state == TCP_TIME_WAIT || state == TCP_CLOSING;
}

/* It begins to listen or to connect, or it listens no more. */
static inline void sock_alone(struct owner_shared *sh, struct sock *sk, int to)
{
	struct owner_entry e = {};
	struct owner_key key = {};
	struct owner_place p;

	if (to == TCP_LISTEN)
		e.lport = listener_note(sh, sk);
	if (to != TCP_SYN_SENT)
		__sync_fetch_and_add(&sh->nr_listens, 1);
	if (!key_fill_socket(&key, sk))
		return;
	owner_find(&p, &key);
	if (to != TCP_CLOSE && entry_fill(&e, sk))
		owner_set(sh, &p, &key, &e, OWNER_NO_MARK);
	else if (to == TCP_CLOSE && p.e)
		owner_forget(sh, p.map, &key);
}

static inline void sock_changes(struct owner_shared *sh, struct sock *sk,
				int from, int to)
{
	struct owner_entry e = {.sk = (u64)sk};
	struct owner_key key = {}, of_socket = {};
	struct owner_place p, connects = {};
	u64 mark;
	int what;

	key_fill(&key, sk);
	mark = owner_mark_of(sh, &key);
	/* Here: a verifier follows it again for each way that leads to it. */
	asm volatile("" : "+r"(mark));
	if (is_connecting(from) && key_fill_socket(&of_socket, sk))
		owner_find(&connects, &of_socket);
	owner_find(&p, &key);
	what = change_of(sk, from, to, connects.e, p.e, &e);
	/* So that clang keeps it whole, in one place. */
	asm volatile("" : : "r"(&e) : "memory");
	change_make(sh, &p, &key, &e, what, mark);
	if (connects.e)
		owner_forget(sh, connects.map, &of_socket);
}

/* Nobody asks for the socket, or for any: what is there of it goes. */
static inline void sock_ends_unwanted(struct owner_shared *sh, struct sock *sk,
				      int is_connection)
{
	struct owner_key key = {};
	struct owner_place p;

	if (is_connection) {
		key_fill(&key, sk);
		if (!owner_is_marked(sh, owner_mark_of(sh, &key)))
			return;
	} else if (!key_fill_socket(&key, sk)) {
		return;
	}
	if (!sock_is_here(sk))
		return;
	owner_find(&p, &key);
	if (p.e)
		owner_forget(sh, p.map, &key);
}

static inline void seen_forget(struct sock *sk)
{
	u64 *seen = seen_slot(sk);

	if (seen)
		*seen = 0;
}

RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct owner_shared *sh = owner_shared_get();
	struct sock *sk = (void *)ctx->args[0];
	int from = ctx->args[1], to = ctx->args[2];
	int is_wanted, is_ours;

	if (!sh || is_by_packet(to))
		return 0;
	is_wanted = owner_is_wanted() || to == TCP_LISTEN || from == TCP_LISTEN;
	is_ours = sock_is_asked_for(sk);
	if (!is_wanted || !is_ours) {
		if (is_wanted ? is_connecting(from)
			      : is_ours && to == TCP_CLOSE)
			sock_ends_unwanted(sh, sk, !is_wanted);
		return 0;
	}
	if (to == TCP_CLOSE)
		seen_forget(sk);
	if (!sock_is_tcp(sk) || !sock_is_here(sk))
		return 0;
	if (to == TCP_LISTEN || to == TCP_SYN_SENT || from == TCP_LISTEN)
		sock_alone(sh, sk, to);
	else
		sock_changes(sh, sk, from, to);
	return 0;
}

/* Where there was no room, the next use tries again. */
static inline int sock_used(struct sock *sk, u64 *seen)
{
	struct owner_shared *sh = owner_shared_get();

	if (!sh || !sock_is_connected(sk))
		return 0;
	*seen = seen_tag(sk);
	if (!sock_claim(sh, sk))
		*seen = 0;
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
	struct owner_shared *sh = owner_shared_get();
	struct sock *sk = (void *)ctx->args[0];
	struct owner_key key = {}, of_socket = {};
	struct owner_place p, connects;
	u8 state = 0;

	kernel_read(state, sk->__sk_common.skc_state);
	if (!sh || state != TCP_SYN_SENT || !key_fill_socket(&of_socket, sk))
		return 0;
	owner_find(&connects, &of_socket);
	if (!connects.e)
		return 0;
	key_fill(&key, sk);
	owner_find(&p, &key);
	if (!p.e || !is_shared(p.e, connects.e))
		owner_set(sh, &p, &key, connects.e, owner_mark_of(sh, &key));
	return 0;
}
