// SPDX-License-Identifier: GPL-2.0
/*
 * tcplife: an event for each connection that ends, or for each change of a TCP
 * socket's state (sock:inet_sock_set_state). The kernel's own counters are in
 * the socket; what it does not keep, such as when the connection began, is
 * kept here until it ends.
 */
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include <net/net_namespace.h>
#include <net/request_sock.h>

#include "event.h"
#include "tcplife_event.h"
#include "common/options.h"
#include "common/ends.h"
#include "common/filter.h"
#include "common/account.h"

/* What is known of a socket beside what is in it. */
struct conn {
	u64 since_ns;	    /* in this state; 0: not seen */
	u64 established_ns; /* 0: not seen */
	u32 ports; /* both, so that no other connection passes for it */
	u32 handshake_us;
	u32 pid;
	u32 uid;
	u8 comm[16];
	u8 state;
	u8 opened;
	u8 known; /* LIFE_OWNER, LIFE_HANDSHAKE */
	u8 zero[5];
};

/*
 * By the address of the socket. An entry goes with the connection; should the
 * end have been missed, then as the one unused for longest.
 */
BPF_TABLE("lru_hash", u64, struct conn, conns, MAX_CONNECTIONS);

/* When the first SYN-ACK was sent, where there was more than one; us. */
BPF_TABLE("lru_hash", struct segment, u64, synacks, 4096);

struct change {
	void *ctx;
	struct sock *sk;
	u64 ts_ns;
	u8 old;
	u8 new;
	u8 is_row; /* to be shown */
};

/* Whether there is, or was, a connection. */
static inline int is_established(u8 state)
{
	return 1 << state &
	       (1 << TCP_ESTABLISHED | 1 << TCP_FIN_WAIT1 | 1 << TCP_FIN_WAIT2 |
		1 << TCP_TIME_WAIT | 1 << TCP_CLOSE_WAIT | 1 << TCP_LAST_ACK |
		1 << TCP_CLOSING);
}

/* Whether the change, if it is asked for, is to be shown. */
static inline int is_end(const struct change *ch)
{
#if WANT_STATES
	return 1;
#else
	return ch->new == TCP_CLOSE &&is_established(ch->old);
#endif
}

/*
 * Whether the process that has the socket is at work: it connects, listens,
 * shuts down or closes. Other changes come with packets and timers, on behalf
 * of whoever was interrupted.
 */
static inline int is_by_owner(const struct change *ch)
{
	int err = 0;

	if (ch->new == TCP_SYN_SENT || ch->new == TCP_LISTEN ||
	    ch->new == TCP_LAST_ACK || ch->new == TCP_FIN_WAIT1)
		return 1;
	if (ch->new != TCP_CLOSE)
		return 0;
	if (ch->old == TCP_LISTEN)
		return 1;
	/* Aborted; a reset or a timeout would have left an error. */
	kernel_read(err, ch->sk->sk_err);
	return !err &&
	       (ch->old == TCP_ESTABLISHED || ch->old == TCP_CLOSE_WAIT);
}

static inline void conn_own(struct conn *c, struct sock *sk)
{
	c->pid = bpf_get_current_pid_tgid() >> 32;
	kernel_read(c->uid, sk->sk_uid.val);
	bpf_get_current_comm(c->comm, sizeof(c->comm));
	c->known |= LIFE_OWNER;
}

/*
 * How long the incoming connection took from the first SYN-ACK to now. The
 * kernel measures it as the first round trip, but from the last SYN-ACK, and
 * it does not when it sent a cookie.
 */
static inline u32 handshake_us(const struct change *ch, struct segment *s)
{
	u32 nr_retrans = 0, srtt_us = 0;
	u64 *sent_us;

	kernel_read(nr_retrans, tcp_sk(ch->sk)->total_retrans);
	kernel_read(srtt_us, tcp_sk(ch->sk)->srtt_us);
	if (!nr_retrans)
		return srtt_us >> 3;
	sent_us = synacks.lookup(s);
	return sent_us ? ch->ts_ns / 1000 - *sent_us : 0;
}

static inline void conn_establish(struct conn *c, const struct change *ch,
				  struct segment *s)
{
	c->established_ns = ch->ts_ns;
	if (c->opened == LIFE_IN)
		c->handshake_us = handshake_us(ch, s);
	else if (c->since_ns)
		c->handshake_us = (ch->ts_ns - c->since_ns) / 1000;
	if (c->handshake_us)
		c->known |= LIFE_HANDSHAKE;
}

/* Of a socket of which nothing is known. */
static inline u8 opener(const struct change *ch)
{
	if (is_established(ch->old))
		return LIFE_BEFORE;
	if (ch->old == TCP_SYN_RECV)
		return LIFE_IN;
	if (ch->old == TCP_SYN_SENT || ch->new == TCP_SYN_SENT)
		return LIFE_OUT;
	return LIFE_UNOPENED;
}

static inline void conn_update(struct conn *c, const struct change *ch,
			       struct segment *s)
{
	if (!c->opened)
		c->opened = opener(ch);
	if (is_established(ch->new) && !is_established(ch->old))
		conn_establish(c, ch, s);
	if (!(c->known & LIFE_OWNER) && is_by_owner(ch))
		conn_own(c, ch->sk);
}

/* The time that the row is about; 0: unknown. */
static inline u64 conn_span_ns(const struct conn *c, const struct change *ch)
{
#if WANT_STATES
	if (ch->old == TCP_SYN_RECV && c->opened == LIFE_IN)
		return c->handshake_us * 1000ull;
	return c->since_ns ? ch->ts_ns - c->since_ns : 0;
#else
	return c->established_ns ? ch->ts_ns - c->established_ns : 0;
#endif
}

static inline void event_fill_ends(struct tcplife_event *ev,
				   const struct segment *s)
{
	ev->ip = s->ip;
	ev->lport = ntohs(s->tcp.dest);
	ev->rport = ntohs(s->tcp.source);
#if WANT_IPV4
	if (s->ip == 4) {
		ev->local_be[0] = s->ip4.daddr;
		ev->remote_be[0] = s->ip4.saddr;
	}
#endif
#if WANT_IPV6
	if (s->ip == 6) {
		__builtin_memcpy(ev->local_be, &s->ip6.daddr, 16);
		__builtin_memcpy(ev->remote_be, &s->ip6.saddr, 16);
	}
#endif
}

static inline void event_fill(struct tcplife_event *ev, const struct conn *c,
			      const struct change *ch)
{
	unsigned long flags = 0;
	int err = 0, err_soft = 0;

	kernel_read(flags, ch->sk->sk_flags);
	kernel_read(err, ch->sk->sk_err);
	kernel_read(err_soft, ch->sk->sk_err_soft);
	ev->ts_ns = ch->ts_ns;
	ev->span_ns = conn_span_ns(c, ch);
	ev->opened = c->opened;
	ev->known = c->known;
	if (ev->span_ns)
		ev->known |= LIFE_SPAN;
	if (flags & 1UL << SOCK_DEAD)
		ev->known |= LIFE_ORPHAN;
	if (flags & 1UL << SOCK_DONE)
		ev->known |= LIFE_FIN_IN;
	ev->old_state = ch->old;
	ev->new_state = ch->new;
	ev->err = err;
	ev->err_soft = err_soft;
	ev->pid = c->pid;
	ev->uid = c->uid;
	__builtin_memcpy(ev->comm, c->comm, sizeof(ev->comm));
}

#if !WANT_STATES
static inline void event_fill_counts(struct tcplife_event *ev,
				     const struct conn *c, struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);

	ev->kind = LIFE_CONNECTION;
	ev->handshake_us = c->handshake_us;
	kernel_read(ev->rx_bytes, tp->bytes_received);
	kernel_read(ev->tx_bytes, tp->bytes_sent);
	kernel_read(ev->retrans_bytes, tp->bytes_retrans);
	kernel_read(ev->rx_segs, tp->segs_in);
	kernel_read(ev->tx_segs, tp->segs_out);
	kernel_read(ev->rx_data_segs, tp->data_segs_in);
	kernel_read(ev->tx_data_segs, tp->data_segs_out);
	kernel_read(ev->retrans_segs, tp->total_retrans);
	kernel_read(ev->srtt_us, tp->srtt_us);
	kernel_read(ev->min_rtt_us, tp->rtt_min.s[0].v);
}
#endif

static inline void row_submit(const struct change *ch, const struct conn *c,
			      const struct segment *s, struct hook_stats *st)
{
	struct tcplife_event ev = {};
	int err;

	st->matched++;
	event_fill(&ev, c, ch);
	event_fill_ends(&ev, s);
#if WANT_STATES
	err = events.perf_submit(ch->ctx, &ev, LIFE_STATE_SIZE);
#else
	event_fill_counts(&ev, c, ch->sk);
	err = events.perf_submit(ch->ctx, &ev, LIFE_CONNECTION_SIZE);
#endif
	stats_submitted(st, err);
}

static inline void conn_forget(struct sock *sk)
{
	u64 key = (u64)sk;

	conns.delete(&key);
}

static inline void change_take(const struct change *ch, struct segment *s,
			       struct hook_stats *st)
{
	u64 key = (u64)ch->sk;
	u32 ports = s->tcp.source << 16 | s->tcp.dest;
	struct conn *kept = conns.lookup(&key), c = {};

	if (kept && kept->state == ch->old &&
	    (kept->ports == ports || kept->state == TCP_SYN_SENT))
		c = *kept;
	conn_update(&c, ch, s);
	if (ch->is_row)
		row_submit(ch, &c, s, st);
	c.state = ch->new;
	c.since_ns = ch->ts_ns;
	c.ports = ports;
	if (ch->new == TCP_CLOSE)
		conn_forget(ch->sk);
	else if (kept)
		*kept = c;
	else
		conns.update(&key, &c);
}

RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct change ch = {
		.ctx = ctx,
		.sk = (void *)ctx->args[0],
		.old = ctx->args[1],
		.new = ctx->args[2],
	};
	struct hook_stats *st = stats_slot();
	struct segment s = {};
	int is_match;

	/* A new child is still without ends, and what it is comes next. */
	if (ch.old == ch.new ||
	    (ch.old == TCP_LISTEN && ch.new == TCP_SYN_RECV))
		return 0;
#if !WANT_STATES
	if (ch.old == TCP_LISTEN || ch.new == TCP_LISTEN)
		return 0;
#endif
#if WANT_LOCAL_PORT
	if (!is_end(&ch) && ch.old != TCP_SYN_SENT && ch.new != TCP_SYN_SENT &&
	    !is_local_port(ntohs(sock_lport(ch.sk))))
		return 0;
#endif
	if (!st || !sock_is_ours(ch.sk))
		return 0;
	st->seen += is_end(&ch);
	if (!ends_read(ch.sk, sock_ip(ch.sk), sock_lport(ch.sk), &s))
		return 0;
	is_match = segment_matches(&s, DIR_IN);
	/* The local port is perhaps still to be chosen: keep what we know. */
	if (is_match || ch.new == TCP_SYN_SENT) {
		ch.ts_ns = bpf_ktime_get_ns();
		ch.is_row = is_match && is_end(&ch);
		change_take(&ch, &s, st);
	} else if (ch.old == TCP_SYN_SENT) {
		conn_forget(ch.sk);
	}
	return 0;
}

#if WANT_READERS
/*
 * Data was read: by the process that the socket is locked for. It is not when
 * the kernel reads for itself as packets come in.
 */
TYPED_TRACEPOINT_PROBE(tcp_rcv_space_adjust)
{
	struct sock *sk = (void *)ctx->args[0];
	u64 key = (u64)sk, rx_bytes = 0;
	struct conn *c;
	int owned = 0;

#if WANT_LOCAL_PORT
	u16 lport = 0;

	typed_read(lport, sk->sk_num);
	if (!is_local_port(lport))
		return 0;
#endif
	/* In a long transfer it was found at the start: do not look again. */
	kernel_read(rx_bytes, tcp_sk(sk)->bytes_received);
	if (rx_bytes > 65536)
		return 0;
	c = conns.lookup(&key);
	if (!c || c->known & LIFE_OWNER)
		return 0;
	kernel_read(owned, sk->sk_lock.owned);
	if (owned)
		conn_own(c, sk);
	return 0;
}
#endif

RAW_TRACEPOINT_PROBE(tcp_retransmit_synack)
{
	struct request_sock *req = (void *)ctx->args[1];
	const struct request_sock_ops *ops = NULL;
	struct segment s = {};
	u64 sent_us = 0;
	int family = 0;
	u16 lport = 0;

	if (!sock_is_ours((void *)ctx->args[0]))
		return 0;
	/* The request's own family is that of the listener. */
	kernel_read(ops, req->rsk_ops);
	kernel_read(family, ops->family);
	kernel_read(lport, inet_rsk(req)->ir_num);
	kernel_read(sent_us, tcp_rsk(req)->snt_synack);
	if (ends_read((void *)req, family == AF_INET ? 4 : 6, htons(lport),
		      &s) &&
	    segment_matches(&s, DIR_IN))
		synacks.update(&s, &sent_us);
	return 0;
}
