// SPDX-License-Identifier: GPL-2.0
/*
 * The TC hook: a TCX link, so that it goes when we go; on kernels that have
 * none, clsact. Other programs are neither replaced nor kept from deciding.
 */
#include "kernel/hook.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/pkt_cls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "kernel/clsact.h"
#include "kernel/netns.h"

/* uapi/linux/bpf.h, from 6.6 on. */
#define TCX_INGRESS 46
#define TCX_EGRESS 47
#define TCX_BEFORE (1U << 3)

static int tcx_attach(struct hook *h, int prog_fd)
{
	/* First of all: what others drop is to be seen, too. */
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = TCX_BEFORE);

	h->fd = bpf_link_create(prog_fd, h->ifindex,
				h->is_out ? TCX_EGRESS : TCX_INGRESS, &opts);
	h->slot = -1;
	return h->fd < 0 ? -errno : 0;
}

static int attach(struct hook *h, int prog_fd, const struct hook_where *where,
		  char *err, size_t err_size)
{
	int ret = tcx_attach(h, prog_fd);

	/* An attach type that the kernel does not know is EINVAL. */
	if (ret == -EINVAL)
		return clsact_attach(h, prog_fd, err, err_size);
	if (ret)
		snprintf(err, err_size, "cannot attach TC to %s: %s%s",
			 h->ifname, error_words(ret),
			 ret == -EPERM ? " (CAP_NET_ADMIN is needed)" : "");
	return ret;
}

static int replace(struct hook *h, int prog_fd)
{
	if (h->slot >= 0)
		return clsact_replace(h, prog_fd);
	return bpf_link_update(h->fd, prog_fd, NULL) ? -errno : 0;
}

static void detach(struct hook *h, const struct hook_where *where)
{
	int previous;

	if (h->slot < 0) {
		close(h->fd);
		return;
	}
	previous = netns_enter(where->netns);
	/* In another namespace the index would be another interface's; the
	 * next start removes what is left. */
	if (previous < -1) {
		close(h->fd);
		return;
	}
	clsact_detach(h);
	netns_leave(previous);
}

const struct hook_ops hook_tc = {
	.name = "tc",
	.title = "TC",
	.number = HOOK_TC,
	.type = BPF_PROG_TYPE_SCHED_CLS,
	.progs = {{"_tc_in", CLSACT_PROG_IN}, {"_tc_out", CLSACT_PROG_OUT}},
	.wants_interface = true,
	.has_link_header = true,
	.can_batch_bytes = true,
	.is_in_way = true,
	.verdict = TC_ACT_UNSPEC, /* TCX_NEXT is the same number */
	.attach = attach,
	.replace = replace,
	.detach = detach,
};
