// SPDX-License-Identifier: GPL-2.0
/* How long TLS handshakes take: from SSL_do_handshake() to its return. */
#include <uapi/linux/ptrace.h>

struct shake {
	u64 us;
	int result; /* 1: done; else to be called again, or failed */
	char comm[16];
};

BPF_HASH(since, u64, u64); /* by thread */
BPF_PERF_OUTPUT(shakes);

int on_handshake(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();

	since.update(&thread, &now);
	return 0;
}

int on_handshake_return(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), *start;
	struct shake s = {};

	start = since.lookup(&thread);
	if (!start)
		return 0;
	s.us = (bpf_ktime_get_ns() - *start) / 1000;
	s.result = PT_REGS_RC(ctx);
	bpf_get_current_comm(&s.comm, sizeof(s.comm));
	since.delete(&thread);
	if (s.result == 1)
		shakes.perf_submit(ctx, &s, sizeof(s));
	return 0;
}
