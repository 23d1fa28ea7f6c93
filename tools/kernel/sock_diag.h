/* SPDX-License-Identifier: GPL-2.0 */
/* TCP sockets of the thread's namespace, asked of NETLINK_SOCK_DIAG. */
#ifndef SOCK_DIAG_H
#define SOCK_DIAG_H

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <stdint.h>

/* A message of an answer, a socket as a rule. 0, or -errno to end. */
typedef int (*sock_diag_fn)(void *arg, const struct nlmsghdr *nh);

struct sock_diag_query {
	uint32_t states; /* bits of TCP_* */
	uint16_t port;	 /* local, host order; 0: any */
	sock_diag_fn fn;
	void *arg;
};

/* Both families, IPv6 first. 0, or -errno: the kernel's, or FN's. */
int sock_diag_dump(const struct sock_diag_query *q);

/* A socket to ask single questions of the thread's namespace with, or -errno. */
int sock_diag_open(void);

/*
 * The TCP socket of FAMILY that the kernel finds for the ends ID, as it does for
 * a packet of them that came by the interface ID->idiag_if: a connection or a
 * request for one, else who listens, else what is in TIME_WAIT. 0, -ENOENT where
 * there is none, or another -errno.
 */
int sock_diag_find(int fd, uint8_t family, const struct inet_diag_sockid *id,
		   struct inet_diag_msg *found);

/*
 * One part of an answer, LEN bytes at BUF: 1 when it was the last, 0, or
 * -errno. Pure.
 */
int sock_diag_take(const struct sock_diag_query *q, const void *buf, int len);

#endif
