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

/* Not TCP_SYN_RECV: two CPUs may each make a socket, and one is thrown away. */
TRACEPOINT_PROBE(sock, inet_sock_set_state)
{
	return args->oldstate == TCP_SYN_RECV &&
			       args->newstate == TCP_ESTABLISHED
		       ? count(3)
		       : 0;
}
