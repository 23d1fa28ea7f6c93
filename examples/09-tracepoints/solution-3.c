// SPDX-License-Identifier: GPL-2.0
/* All changes counted, by a raw tracepoint: its arguments are the kernel's. */
#include <net/sock.h>
#include <net/net_namespace.h>

#ifndef NETNS
#define NETNS 0
#endif

struct change {
	u8 from;
	u8 to;
};

BPF_HASH(changes, struct change, u64);

/* trace_inet_sock_set_state(const struct sock *sk, int oldstate, int new) */
RAW_TRACEPOINT_PROBE(inet_sock_set_state)
{
	struct sock *sk = (void *)ctx->args[0];
	struct change c = {.from = ctx->args[1], .to = ctx->args[2]};

	/* BCC makes bpf_probe_read_kernel() of each of these arrows. */
	if (NETNS && sk->__sk_common.skc_net.net->ns.inum != NETNS)
		return 0;
	changes.increment(c);
	return 0;
}
