// SPDX-License-Identifier: GPL-2.0
#include "kernel/listener.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <string.h>

#include "kernel/netns.h"
#include "kernel/sock_diag.h"

#define STATE_LISTEN 10 /* TCP_LISTEN, include/net/tcp_states.h */

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

static int look_at(void *arg, const struct nlmsghdr *nh)
{
	const struct inet_diag_msg *m = NLMSG_DATA(nh);
	const struct question *q = arg;
	struct listener *l = q->l;

	if (nh->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) || !takes(q, m))
		return 0;
	if (!l->exists || m->idiag_rqueue > l->queued) {
		l->queued = m->idiag_rqueue;
		l->limit = m->idiag_wqueue;
	}
	l->exists = true;
	return 0;
}

int listener_find(int netns, int ip, const void *addr, uint16_t port,
		  struct listener *l)
{
	struct question q = {.ip = ip, .addr = addr, .port = port, .l = l};
	const struct sock_diag_query query = {
		.states = 1 << STATE_LISTEN,
		.port = port,
		.fn = look_at,
		.arg = &q,
	};
	int previous = netns_enter(netns), ret;

	*l = (struct listener){0};
	if (previous < -1)
		return previous + 1;
	ret = sock_diag_dump(&query);
	netns_leave(previous);
	return ret;
}
