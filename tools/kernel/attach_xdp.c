// SPDX-License-Identifier: GPL-2.0
/*
 * The XDP hook: a link, so that it goes when we go. In the driver where that
 * can, else in the generic layer. A program that is there already stays.
 */
#include "kernel/hook.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static int xdp_link(int prog_fd, int ifindex, uint32_t flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = flags);
	int fd = bpf_link_create(prog_fd, ifindex, BPF_XDP, &opts);

	return fd < 0 ? -errno : fd;
}

/* "program 17 (xdp_filter)", when one is attached. */
static void xdp_owner(int ifindex, char *who, size_t size)
{
	struct bpf_prog_info info = {};
	unsigned len = sizeof(info);
	uint32_t id = 0;
	int fd;

	snprintf(who, size, "another program");
	if (bpf_xdp_query_id(ifindex, 0, &id) || !id)
		return;
	snprintf(who, size, "program %u", id);
	fd = bpf_prog_get_fd_by_id(id);
	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len))
		snprintf(who, size, "program %u (%s)", id, info.name);
	close(fd);
}

static int attach(struct hook *h, int prog_fd, const struct hook_where *where,
		  char *err, size_t err_size)
{
	char who[64];
	int fd = xdp_link(prog_fd, h->ifindex, XDP_FLAGS_DRV_MODE);

	if (fd < 0 && fd != -EBUSY && fd != -EEXIST && fd != -EPERM)
		fd = xdp_link(prog_fd, h->ifindex, XDP_FLAGS_SKB_MODE);
	if (fd >= 0) {
		h->fd = fd;
		return 0;
	}
	if (fd == -EBUSY || fd == -EEXIST) {
		xdp_owner(h->ifindex, who, sizeof(who));
		snprintf(err, err_size,
			 "cannot attach XDP to %s: %s is there, which stays",
			 h->ifname, who);
	} else {
		snprintf(err, err_size, "cannot attach XDP to %s: %s%s",
			 h->ifname, error_words(fd),
			 fd == -EPERM ? " (CAP_NET_ADMIN is needed)" : "");
	}
	return fd;
}

static int replace(struct hook *h, int prog_fd)
{
	return bpf_link_update(h->fd, prog_fd, NULL) ? -errno : 0;
}

static void detach(struct hook *h, const struct hook_where *where)
{
	close(h->fd);
}

/* Frames of several buffers: where the kernel has the helpers for them. */
static uint32_t prog_flags(void)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP,
				       BPF_FUNC_xdp_load_bytes, NULL) == 1
		       ? BPF_F_XDP_HAS_FRAGS
		       : 0;
}

const struct hook_ops hook_xdp = {
	.name = "xdp",
	.title = "XDP",
	.number = HOOK_XDP,
	.type = BPF_PROG_TYPE_XDP,
	.progs = {{.function = "_xdp"}},
	.wants_interface = true,
	.is_in_only = true,
	.has_link_header = true,
	.is_in_way = true,
	.verdict = XDP_PASS,
	.prog_flags = prog_flags,
	.attach = attach,
	.replace = replace,
	.detach = detach,
};
