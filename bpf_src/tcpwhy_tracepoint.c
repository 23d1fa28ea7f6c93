// SPDX-License-Identifier: GPL-2.0
/*
 * tcpwhy: attempts to connect, from the SYN to what became of them. Those that
 * succeed leave the map again and nothing of them is sent; those that fail at
 * once are sent; those that get nowhere stay, and user space finds them.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/sock.h>
#include <net/request_sock.h>
#include <net/net_namespace.h>

#include "event.h"
#include "tcpwhy_event.h"
#include "common/options.h"
#include "common/skb.h"
#include "common/account.h"

/* A SYN may be counted on another CPU after its connection has come to be. */
#define RACE_NS 1000000000ULL

BPF_TABLE("lru_hash", struct why_key, struct why_attempt, attempts,
	  WHY_ATTEMPTS);
/* Connections that came to be. */
BPF_TABLE("lru_hash", struct why_key, struct why_attempt, opened, WHY_ATTEMPTS);
/* When one did whose SYN is not counted yet. */
BPF_TABLE("lru_hash", struct why_key, u64, early, 1024);

/* Its ends, when the trace is of a segment that was asked for; else ip is 0. */
static inline void key_of_segment(struct why_key *key, const struct segment *s)
{
#if WANT_IPV4
	if (s->ip == 4) {
		key->remote[0] = s->ip4.saddr;
		key->local[0] = s->ip4.daddr;
	}
#endif
#if WANT_IPV6
	if (s->ip == 6) {
		__builtin_memcpy(key->remote, &s->ip6.saddr, 16);
		__builtin_memcpy(key->local, &s->ip6.daddr, 16);
	}
#endif
	key->remote_port = ntohs(s->tcp.source);
	key->local_port = ntohs(s->tcp.dest);
	key->ip = s->ip;
}

/* Full sockets, and requests to connect. */
static inline void key_of_sock(struct why_key *key, struct sock_common *sk)
{
	u16 family = 0, port_be = 0;

	kernel_read(family, sk->skc_family);
	kernel_read(port_be, sk->skc_dport);
	kernel_read(key->local_port, sk->skc_num);
	key->remote_port = ntohs(port_be);
	key->ip = 4;
	if (family == AF_INET6) {
		kernel_read(key->remote, sk->skc_v6_daddr);
		kernel_read(key->local, sk->skc_v6_rcv_saddr);
		/* ::ffff:a.b.c.d is IPv4 by a socket of both. */
		if (key->remote[0] || key->remote[1] ||
		    key->remote[2] != htonl(0xffff)) {
			key->ip = 6;
			return;
		}
		__builtin_memset(key->remote, 0, sizeof(key->remote));
		__builtin_memset(key->local, 0, sizeof(key->local));
	}
	kernel_read(key->remote[0], sk->skc_daddr);
	kernel_read(key->local[0], sk->skc_rcv_saddr);
}

static inline void send(void *ctx, const struct why_key *key,
			const struct why_attempt *a)
{
	struct why_event ev = {.ts_ns = bpf_ktime_get_ns()};
	struct hook_stats *st = stats_slot();

	if (!st)
		return;
	st->matched++;
	ev.key = *key;
	ev.attempt = *a;
	stats_submitted(st, events.perf_submit(ctx, &ev, sizeof(ev)));
}

/*
 * The attempt that this SYN belongs to: a new one unless it is sent again.
 * NULL when its connection has already come to be.
 */
static inline struct why_attempt *attempt_of_syn(struct why_key *key, u32 seq,
						 u32 ifindex)
{
	struct why_attempt *old = attempts.lookup(key), new = {};
	struct hook_stats *st;
	u64 now = bpf_ktime_get_ns(), *came = early.lookup(key);

	if (came && now - *came < RACE_NS) {
		early.delete(key);
		return NULL;
	}
	if (old && old->seq == seq) {
		old->nr_syn++;
		old->last_ns = now;
		return old;
	}
	new.first_ns = new.last_ns = now;
	new.seq = seq;
	new.ifindex = ifindex;
	new.nr_syn = 1;
	attempts.update(key, &new);
	st = stats_slot();
	if (st)
		st->seen++;
	return attempts.lookup(key);
}

/* What the drop of a segment says of the attempt. */
static inline void note_drop(struct why_attempt *a, struct sock *sk,
			     u64 location, u32 reason)
{
	u8 state = 0;

	a->last_ns = bpf_ktime_get_ns();
	a->location = location;
#if WANT_REASON
	a->reason = reason;
	a->has_reason = 1;
#endif
	if (!sk)
		return;
	kernel_read(state, sk->__sk_common.skc_state);
	if (state != TCP_LISTEN)
		return;
	kernel_read(a->queued, sk->sk_ack_backlog);
	kernel_read(a->limit, sk->sk_max_ack_backlog);
	a->has_queue = 1;
}

static inline void tell(void *ctx, struct why_key *key, struct why_attempt *a,
			u8 how)
{
	struct why_attempt copy;

	if (a->state == WHY_TOLD)
		return;
	a->state = WHY_TOLD;
	a->how = how;
	__builtin_memcpy(&copy, a, sizeof(copy));
	send(ctx, key, &copy);
}

static inline int is_syn(u16 flags)
{
	return (flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

/* A segment of an attempt was dropped; S passed the filter. */
static inline void take_drop(void *ctx, struct segment *s, struct sock *sk,
			     u32 ifindex, u64 location, u32 reason)
{
	u16 flags = segment_flags(s);
	struct why_key key = {};
	struct why_attempt *a;

	key_of_segment(&key, s);
	if (is_syn(flags)) {
		a = attempt_of_syn(&key, ntohl(s->tcp.seq), ifindex);
		if (!a)
			return;
		note_drop(a, sk, location, reason);
		tell(ctx, &key, a, WHY_DROPPED);
		return;
	}
	a = attempts.lookup(&key);
	if (!a || a->state != WHY_OPEN)
		return;
	if (flags & TCP_RST) {
		if (is_reset(reason))
			tell(ctx, &key, a, WHY_RST_IN);
		return;
	}
	a->nr_refused++;
	note_drop(a, sk, location, reason);
}

TYPED_TRACEPOINT_PROBE(kfree_skb)
{
	struct trace t = {.skb = (void *)ctx->args[0]};
	struct segment s = {};
	struct sock *sk = DROP_SOCKET(ctx);
	u32 reason = DROP_REASON(ctx), ifindex, len;
	u16 vlan;

	ifindex = packet_arrival(&t, sk, reason);
	if (!ifindex || !trace_segment(&t, &s, &len, &vlan))
		return 0;
	take_drop(ctx, &s, sk, ifindex, ctx->args[1], reason);
	return 0;
}

/*
 * A listener frees the SYNs that it has dealt with like this, taken or ignored,
 * while data is still at the TCP header. Nothing else is freed so, and by that
 * alone most of what comes here is told apart.
 */
TYPED_TRACEPOINT_PROBE(consume_skb)
{
	struct trace t = {.skb = (void *)ctx->args[0]};
	struct why_key key = {};
	struct segment s = {};
	u32 ifindex, len;
	u16 vlan;

	trace_fill(&t);
	if (trace_data(&t) != PART(&t, transport_header))
		return 0;
	ifindex = packet_arrival(&t, NULL, 0);
	if (!ifindex || !trace_segment(&t, &s, &len, &vlan) ||
	    !is_syn(segment_flags(&s)))
		return 0;
	key_of_segment(&key, &s);
	attempt_of_syn(&key, ntohl(s.tcp.seq), ifindex);
	return 0;
}

RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct sock *sk = (void *)ctx->args[0];
	struct why_key key = {};
	struct why_attempt *a, copy;
	u64 now;

	if (ctx->args[2] != TCP_ESTABLISHED || ctx->args[1] != TCP_SYN_RECV)
		return 0;
#if WANT_LOCAL_PORT
	u16 port = 0;

	kernel_read(port, sk->__sk_common.skc_num);
	if (!is_local_port(port))
		return 0;
#endif
	key_of_sock(&key, &sk->__sk_common);
	now = bpf_ktime_get_ns();
	a = attempts.lookup(&key);
	if (!a) {
		early.update(&key, &now);
		return 0;
	}
	__builtin_memcpy(&copy, a, sizeof(copy));
	copy.state = WHY_OPEN;
	opened.update(&key, &copy);
	attempts.delete(&key);
	return 0;
}

RAW_TRACEPOINT_PROBE(tcp_retransmit_synack)
{
	struct request_sock *req = (void *)ctx->args[1];
	struct why_key key = {};
	struct why_attempt *a;

	key_of_sock(&key, &req->__req_common);
	a = attempts.lookup(&key);
	if (a && a->state == WHY_OPEN) {
		a->nr_synack++;
		a->last_ns = bpf_ktime_get_ns();
	}
	return 0;
}

/* Without a segment that causes it: by close() or for the like of it. */
RAW_TRACEPOINT_PROBE(tcp_send_reset)
{
	struct sock *sk = (void *)ctx->args[0];
	struct why_key key = {};
	struct why_attempt *a;
	u64 bytes_sent = 0;
	u16 port_be = 0;

	if (!sk || ctx->args[1])
		return 0;
	key_of_sock(&key, &sk->__sk_common);
	/* It is closed already and has given back its port, skc_num. */
	kernel_read(port_be, ((struct inet_sock *)sk)->inet_sport);
	key.local_port = ntohs(port_be);
	a = opened.lookup(&key);
	if (!a)
		return 0;
	kernel_read(bytes_sent, ((struct tcp_sock *)sk)->bytes_sent);
	if (!bytes_sent)
		tell(ctx, &key, a, WHY_RST_OUT);
	return 0;
}
