// SPDX-License-Identifier: GPL-2.0
/* Which programs open connections, and how many: SYN_SENT is in their time. */
#include <net/sock.h>
#include <net/net_namespace.h>
#include <net/tcp_states.h>

#ifndef NETNS
#define NETNS 0
#endif

struct who {
	char comm[16];
};

BPF_HASH(connects, struct who, u64);

static inline int is_wanted(const void *skaddr)
{
	const struct sock *sk = skaddr;
	struct net *net = NULL;
	u32 inum = 0;

	bpf_probe_read_kernel(&net, sizeof(net), &sk->__sk_common.skc_net.net);
	bpf_probe_read_kernel(&inum, sizeof(inum), &net->ns.inum);
	return !NETNS || inum == NETNS;
}

TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
	struct who w = {};

	if (args->newstate != TCP_SYN_SENT || !is_wanted(args->skaddr))
		return 0;
	bpf_get_current_comm(&w.comm, sizeof(w.comm));
	connects.increment(w);
	return 0;
}
