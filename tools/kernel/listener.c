// SPDX-License-Identifier: GPL-2.0
#include "kernel/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/netns.h"

#define STATE_LISTEN 10 /* TCP_LISTEN, include/net/tcp_states.h */
#define REPLY_SIZE 32768

struct question {
	int ip;
	const void *addr;
	uint16_t port;
	struct listener *l;
};

/* Of an IPv6 socket, which without IPV6_V6ONLY takes IPv4 too. */
static bool takes_by_ipv6(const struct question *q, const uint32_t *own)
{
	static const uint32_t any[4];

	if (!memcmp(own, any, sizeof(any)))
		return true;
	if (q->ip == 6)
		return !memcmp(own, q->addr, 16);
	return !own[0] && !own[1] && own[2] == htonl(0xffff) &&
	       !memcmp(own + 3, q->addr, 4);
}

static bool takes(const struct question *q, const struct inet_diag_msg *m)
{
	const uint32_t *own = m->id.idiag_src;

	if (ntohs(m->id.idiag_sport) != q->port ||
	    m->idiag_state != STATE_LISTEN)
		return false;
	if (m->idiag_family == AF_INET6)
		return takes_by_ipv6(q, own);
	return q->ip == 4 && (!own[0] || !memcmp(own, q->addr, 4));
}

static void look_at(const struct question *q, const struct nlmsghdr *nh)
{
	const struct inet_diag_msg *m = NLMSG_DATA(nh);
	struct listener *l = q->l;

	if (nh->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) || !takes(q, m))
		return;
	if (!l->exists || m->idiag_rqueue > l->queued) {
		l->queued = m->idiag_rqueue;
		l->limit = m->idiag_wqueue;
	}
	l->exists = true;
}

/* 1: there is more, 0: that was all, or -errno. */
static int reply_take(const struct question *q, const void *reply, size_t size)
{
	const struct nlmsghdr *nh = reply;

	for (; NLMSG_OK(nh, size); nh = NLMSG_NEXT(nh, size)) {
		if (nh->nlmsg_type == NLMSG_DONE)
			return 0;
		if (nh->nlmsg_type == NLMSG_ERROR)
			return -EPROTO;
		look_at(q, nh);
	}
	return 1;
}

static int ask(int fd, int family, const struct question *q)
{
	char reply[REPLY_SIZE] __attribute__((aligned(8)));
	struct {
		struct nlmsghdr nh;
		struct inet_diag_req_v2 req;
	} msg = {
		.nh = {.nlmsg_len = sizeof(msg),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.req = {.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = 1 << STATE_LISTEN,
			.id.idiag_sport = htons(q->port)},
	};
	ssize_t n;
	int ret;

	if (send(fd, &msg, sizeof(msg), 0) < 0)
		return -errno;
	do {
		n = recv(fd, reply, sizeof(reply), 0);
		if (n < 0)
			return -errno;
		ret = reply_take(q, reply, n);
	} while (ret > 0);
	return ret;
}

static int open_in(int netns)
{
	int previous = netns_enter(netns), fd;

	if (previous < -1)
		return previous + 1;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	if (fd < 0)
		fd = -errno;
	netns_leave(previous);
	return fd;
}

int listener_find(int netns, int ip, const void *addr, uint16_t port,
		  struct listener *l)
{
	struct question q = {.ip = ip, .addr = addr, .port = port, .l = l};
	int fd = open_in(netns), ret;

	*l = (struct listener){0};
	if (fd < 0)
		return fd;
	ret = ask(fd, AF_INET6, &q);
	if (!ret)
		ret = ask(fd, AF_INET, &q);
	close(fd);
	return ret;
}
