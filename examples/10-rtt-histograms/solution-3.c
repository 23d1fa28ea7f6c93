// SPDX-License-Identifier: GPL-2.0
/* The smallest and the largest round trip, and how many there were. */
#include <net/sock.h>
#include <net/net_namespace.h>
#include <net/tcp_states.h>
#include <linux/tcp.h>

#ifndef NETNS
#define NETNS 0
#endif

struct range {
	u64 connections;
	u32 min_us;
	u32 max_us;
};

BPF_HASH(ranges, u16, struct range);

RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct sock *sk = (void *)ctx->args[0];
	struct tcp_sock *tp = (void *)sk;
	struct range none = {.min_us = 0xffffffff}, *r;
	u16 port;
	u32 us;

	if (ctx->args[1] != TCP_ESTABLISHED)
		return 0;
	if (NETNS && sk->__sk_common.skc_net.net->ns.inum != NETNS)
		return 0;
	us = tp->srtt_us >> 3;
	port = sk->__sk_common.skc_num;
	r = ranges.lookup_or_try_init(&port, &none);
	if (!r)
		return 0;
	/* Two CPUs may meet here, and one extreme be lost: good enough. */
	__sync_fetch_and_add(&r->connections, 1);
	if (us < r->min_us)
		r->min_us = us;
	if (us > r->max_us)
		r->max_us = us;
	return 0;
}
