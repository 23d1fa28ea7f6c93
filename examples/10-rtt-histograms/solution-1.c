// SPDX-License-Identifier: GPL-2.0
/* A linear histogram in half milliseconds; the last slot is for the rest. */
#include <net/sock.h>
#include <net/net_namespace.h>
#include <net/tcp_states.h>
#include <linux/tcp.h>

#ifndef NETNS
#define NETNS 0
#endif

#define STEP_US 500
#define SLOTS 20

BPF_HISTOGRAM(rtt_half_ms, int, SLOTS);

RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct sock *sk = (void *)ctx->args[0];
	struct tcp_sock *tp = (void *)sk;
	u32 slot;

	if (ctx->args[1] != TCP_ESTABLISHED)
		return 0;
	if (NETNS && sk->__sk_common.skc_net.net->ns.inum != NETNS)
		return 0;
	slot = (tp->srtt_us >> 3) / STEP_US;
	if (slot >= SLOTS)
		slot = SLOTS - 1;
	rtt_half_ms.increment(slot);
	return 0;
}
