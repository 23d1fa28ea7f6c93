// SPDX-License-Identifier: GPL-2.0
/* How long each connection was established, in microseconds. */
#include <net/sock.h>
#include <net/net_namespace.h>
#include <net/tcp_states.h>

#ifndef NETNS
#define NETNS 0
#endif

struct life {
	u64 us;
	u16 lport;
	u16 rport;
};

BPF_HASH(since, u64, u64); /* by the socket's address */
BPF_PERF_OUTPUT(lives);

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
	u64 sk = (u64)args->skaddr, now = bpf_ktime_get_ns(), *start;
	struct life l = {};

	if (args->protocol != IPPROTO_TCP || !is_wanted(args->skaddr))
		return 0;
	if (args->newstate == TCP_ESTABLISHED)
		since.update(&sk, &now);
	start = since.lookup(&sk);
	if (args->newstate != TCP_CLOSE || !start)
		return 0;
	l.us = (now - *start) / 1000;
	l.lport = args->sport;
	l.rport = args->dport;
	since.delete(&sk);
	lives.perf_submit(args, &l, sizeof(l));
	return 0;
}
