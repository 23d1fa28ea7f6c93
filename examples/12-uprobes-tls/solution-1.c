// SPDX-License-Identifier: GPL-2.0
/*
 * What SSL_read(SSL *ssl, void *buf, int num) brings. At its beginning the
 * buffer is known, at its end what is in it.
 */
#include <uapi/linux/ptrace.h>

struct text {
	u32 bytes;
	char comm[16];
	char text[32];
};

BPF_HASH(buffers, u64, u64); /* by thread */
BPF_PERF_OUTPUT(texts);

int on_read(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), buf = PT_REGS_PARM2(ctx);

	buffers.update(&thread, &buf);
	return 0;
}

int on_read_return(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), *buf;
	int bytes = PT_REGS_RC(ctx);
	struct text t = {};

	buf = buffers.lookup(&thread);
	if (!buf)
		return 0;
	if (bytes > 0) {
		t.bytes = bytes;
		bpf_get_current_comm(&t.comm, sizeof(t.comm));
		bpf_probe_read_user_str(t.text, sizeof(t.text), (void *)*buf);
		texts.perf_submit(ctx, &t, sizeof(t));
	}
	buffers.delete(&thread);
	return 0;
}
