// SPDX-License-Identifier: GPL-2.0
/*
 * Tracepoints, as raw ones: they need no tracefs, see the kernel's own structs,
 * and their link goes when we go. A program's function is named after its
 * tracepoint, as RAW_TRACEPOINT_PROBE() of BCC names it.
 */
#include "kernel/hook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "kernel/tracepoint.h"

#define PREFIX "raw_tracepoint__"

static int attach(struct hook *h, int prog_fd, const struct hook_where *where,
		  char *err, size_t err_size)
{
	const char *name = tracepoint_of(h->prog);
	int ret = tracepoint_open(name, prog_fd);

	if (ret >= 0) {
		h->fd = ret;
		return 0;
	}
	snprintf(err, err_size, "cannot attach to the tracepoint %s: %s%s",
		 name, error_words(ret),
		 ret == -ENOENT	 ? " (this kernel has none)"
		 : ret == -EPERM ? " (CAP_PERFMON is needed)"
				 : "");
	return ret;
}

static void detach(struct hook *h, const struct hook_where *where)
{
	close(h->fd);
}

/* Where packets enter the stack, and what tools other than tcpsnoop-c use. */
const struct hook_ops hook_tracepoint = {
	.name = "tracepoint",
	.title = "tracepoint",
	.number = HOOK_TRACEPOINT,
	.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.progs = {{.function = PREFIX}},
	.is_global = true,
	.is_in_only = true,
	.reads_skb = true,
	.has_targets = true,
	.check = {.function = PREFIX "netif_receive_skb"},
	.attach = attach,
	.detach = detach,
};

/* tcp:tcp_probe, where a segment has found its connection. */
const struct hook_ops hook_tcp = {
	.name = "tcp",
	.title = "TCP",
	.number = HOOK_TCP,
	.type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	.progs = {{.function = PREFIX}},
	.is_global = true,
	.is_in_only = true,
	.reads_skb = true,
	.has_targets = true,
	.check = {.function = PREFIX "tcp_probe"},
	.attach = attach,
	.detach = detach,
};
