// SPDX-License-Identifier: GPL-2.0
/* For bpfrun-c: the same connections, counted at three kinds of doors. */
#include <net/sock.h>

BPF_HASH(calls, u32, u64);

static inline int count(u32 door)
{
	calls.increment(door);
	return 0;
}

int kprobe__inet_csk_accept(struct pt_regs *ctx)
{
	return count(1);
}

KFUNC_PROBE(inet_csk_accept)
{
	return count(2);
}

TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
	return args->newstate == TCP_SYN_RECV ? count(3) : 0;
}
