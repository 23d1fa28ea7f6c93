// SPDX-License-Identifier: GPL-2.0
#include "kernel/hook.h"

const struct hook_ops *const hooks[] = {
	&hook_socket,
	NULL,
};

int hook_attach(struct hook *h, const struct hook_ops *ops, int prog_fd,
		const struct hook_where *where, char *err, size_t err_size)
{
	*h = (struct hook){.ops = ops, .fd = -1};
	return ops->attach(h, prog_fd, where, err, err_size);
}

void hook_detach(struct hook *h)
{
	if (!h->ops || h->fd < 0)
		return;
	h->ops->detach(h);
	h->fd = -1;
}
