// SPDX-License-Identifier: GPL-2.0
/*
 * The socket hook: a packet socket with our program as its filter. It changes
 * nothing on the machine, dies with us, and as the filter always says 0 no
 * packet is ever copied or queued for it.
 */
#include "kernel/hook.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

static int socket_start(struct hook *h, int prog_fd,
			const struct hook_where *where)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = h->ifindex,
	};
	int one = 1;

	/* Spares the kernel a clone of every outgoing packet; where it does
	 * not know this (before 4.20) the program tells them apart anyway. */
	if (!where->want_out)
		setsockopt(h->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
			   sizeof(one));
	if (setsockopt(h->fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd,
		       sizeof(prog_fd)))
		return -errno;
	return bind(h->fd, (struct sockaddr *)&to, sizeof(to)) ? -errno : 0;
}

static int replace(struct hook *h, int prog_fd)
{
	return setsockopt(h->fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd,
			  sizeof(prog_fd))
		       ? -errno
		       : 0;
}

/* close(2) of a packet socket waits until no CPU is in its filter. */
static void detach(struct hook *h, const struct hook_where *where)
{
	close(h->fd);
}

/* Protocol 0: nothing arrives before bind(2). */
static int attach_type(struct hook *h, int type, int prog_fd,
		       const struct hook_where *where, char *err,
		       size_t err_size)
{
	int ret;

	h->fd = socket(AF_PACKET, type | SOCK_CLOEXEC, 0);
	if (h->fd < 0) {
		ret = -errno;
		snprintf(err, err_size, "cannot open a packet socket: %s%s",
			 error_words(ret),
			 ret == -EPERM ? " (CAP_NET_RAW is needed)" : "");
		return ret;
	}
	ret = socket_start(h, prog_fd, where);
	if (ret < 0) {
		snprintf(err, err_size, "cannot attach to %s: %s",
			 *h->ifname ? h->ifname : "all interfaces",
			 error_words(ret));
		close(h->fd);
		h->fd = -1;
	}
	return ret;
}

/*
 * SOCK_DGRAM: the program sees packets from the network header on, whatever
 * link they came over.
 */
static int attach(struct hook *h, int prog_fd, const struct hook_where *where,
		  char *err, size_t err_size)
{
	return attach_type(h, SOCK_DGRAM, prog_fd, where, err, err_size);
}

/*
 * With the link header, as other programs expect it. What the filter lets
 * through is counted by the socket, and read by nobody: a queue for one packet
 * is enough.
 */
static int attach_raw(struct hook *h, int prog_fd,
		      const struct hook_where *where, char *err,
		      size_t err_size)
{
	int ret = attach_type(h, SOCK_RAW, prog_fd, where, err, err_size);
	int least = 1;

	if (!ret)
		setsockopt(h->fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least));
	return ret;
}

const struct hook_ops hook_raw_socket = {
	.name = "socket",
	.type = BPF_PROG_TYPE_SOCKET_FILTER,
	.has_link_header = true,
	.attach = attach_raw,
	.replace = replace,
	.detach = detach,
};

const struct hook_ops hook_socket = {
	.name = "socket",
	.title = "socket",
	.number = HOOK_SOCKET,
	.type = BPF_PROG_TYPE_SOCKET_FILTER,
	.progs = {{.function = "_socket"}},
	.can_batch_bytes = true,
	.attach = attach,
	.replace = replace,
	.detach = detach,
};
