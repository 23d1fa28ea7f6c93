// SPDX-License-Identifier: GPL-2.0
/*
 * The life of connections: each change of a TCP socket's state, as the kernel
 * announces it at the tracepoint sock:inet_sock_set_state.
 */
#include <net/sock.h>
#include <net/net_namespace.h>

/* Tracepoints are the whole machine's: -D NETNS=N is the namespace wanted. */
#ifndef NETNS
#define NETNS 0
#endif

struct change {
	u16 lport;
	u16 rport;
	u8 from; /* TCP_ESTABLISHED is 1, ...: include/net/tcp_states.h */
	u8 to;
	char comm[16];
};

BPF_PERF_OUTPUT(changes);

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
	struct change c = {};

	if (args->protocol != IPPROTO_TCP || !is_wanted(args->skaddr))
		return 0;
	c.lport = args->sport;
	c.rport = args->dport;
	c.from = args->oldstate;
	c.to = args->newstate;
	bpf_get_current_comm(&c.comm, sizeof(c.comm));
	changes.perf_submit(args, &c, sizeof(c));
	return 0;
}
