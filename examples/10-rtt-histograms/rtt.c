// SPDX-License-Identifier: GPL-2.0
/*
 * The round trip time that TCP has measured of each connection, when it ends,
 * as a histogram: the distribution is made in the kernel.
 */
#include <net/sock.h>
#include <net/net_namespace.h>
#include <net/tcp_states.h>
#include <linux/tcp.h>

#ifndef NETNS
#define NETNS 0
#endif

BPF_HISTOGRAM(rtt_us);

/* trace_inet_sock_set_state(const struct sock *sk, int oldstate, int new) */
RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct sock *sk = (void *)ctx->args[0];
	struct tcp_sock *tp = (void *)sk;
	u32 us;

	if (ctx->args[1] != TCP_ESTABLISHED)
		return 0;
	if (NETNS && sk->__sk_common.skc_net.net->ns.inum != NETNS)
		return 0;
	/* TCP keeps eight times the smoothed time. */
	us = tp->srtt_us >> 3;
	rtt_us.increment(bpf_log2l(us));
	return 0;
}
