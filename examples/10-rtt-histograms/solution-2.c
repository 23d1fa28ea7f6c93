// SPDX-License-Identifier: GPL-2.0
/* A histogram for each of the server's ports: the slot is part of the key. */
#include <net/sock.h>
#include <net/net_namespace.h>
#include <net/tcp_states.h>
#include <linux/tcp.h>

#ifndef NETNS
#define NETNS 0
#endif

struct place {
	u64 port;
	u64 slot;
};

BPF_HISTOGRAM(rtt_us, struct place);

RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct sock *sk = (void *)ctx->args[0];
	struct tcp_sock *tp = (void *)sk;
	struct place p = {};
	u32 us;

	if (ctx->args[1] != TCP_ESTABLISHED)
		return 0;
	if (NETNS && sk->__sk_common.skc_net.net->ns.inum != NETNS)
		return 0;
	us = tp->srtt_us >> 3;
	p.port = sk->__sk_common.skc_num;
	p.slot = bpf_log2l(us);
	rtt_us.increment(p);
	return 0;
}
