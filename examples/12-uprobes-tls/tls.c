// SPDX-License-Identifier: GPL-2.0
/*
 * What a program hands to its TLS library, before it is encrypted: a uprobe on
 * SSL_write(SSL *ssl, const void *buf, int num) of libssl.
 *
 *	bpfrun-c tls.c -u ssl:SSL_write=on_write
 */
#include <uapi/linux/ptrace.h>

struct text {
	u32 bytes;
	char comm[16];
	char text[32];
};

BPF_PERF_OUTPUT(texts);

int on_write(struct pt_regs *ctx)
{
	const void *buf = (void *)PT_REGS_PARM2(ctx);
	struct text t = {};

	t.bytes = PT_REGS_PARM3(ctx);
	bpf_get_current_comm(&t.comm, sizeof(t.comm));
	/* Memory of the process: it can only be copied, and may be paged out. */
	bpf_probe_read_user_str(t.text, sizeof(t.text), buf);
	texts.perf_submit(ctx, &t, sizeof(t));
	return 0;
}
