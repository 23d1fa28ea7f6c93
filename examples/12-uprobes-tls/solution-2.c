// SPDX-License-Identifier: GPL-2.0
/* Bytes that were encrypted, by program: what SSL_write() returns. */
#include <uapi/linux/ptrace.h>

struct who {
	char comm[16];
};

BPF_HASH(bytes, struct who, u64);

int on_written(struct pt_regs *ctx)
{
	int written = PT_REGS_RC(ctx);
	struct who w = {};

	/* Not negative: "the socket is full, call me again with the same". */
	if (written <= 0)
		return 0;
	bpf_get_current_comm(&w.comm, sizeof(w.comm));
	bytes.increment(w, written);
	return 0;
}
