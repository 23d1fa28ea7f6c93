// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/sock_diag.h"

/* No process holds a socket in the others: TIME_WAIT, SYN_RECV ... */
#define STATES                                                           \
	(1 << TCP_ESTABLISHED | 1 << TCP_SYN_SENT | 1 << TCP_FIN_WAIT1 | \
	 1 << TCP_FIN_WAIT2 | 1 << TCP_CLOSE_WAIT | 1 << TCP_LAST_ACK |  \
	 1 << TCP_LISTEN | 1 << TCP_CLOSING)

static void addr_take(uint8_t to[16], const __be32 *addr, uint8_t family)
{
	if (family == AF_INET6) {
		memcpy(to, addr, 16);
		return;
	}
	memset(to, 0, 10);
	memset(to + 10, 0xff, 2);
	memcpy(to + 12, addr, 4);
}

/* The attribute TYPE of one byte; 0 without it. */
static uint8_t attr_u8(const struct nlmsghdr *nh, unsigned type)
{
	int len = nh->nlmsg_len - NLMSG_SPACE(sizeof(struct inet_diag_msg));
	const struct rtattr *a =
		(const void *)((const char *)nh +
			       NLMSG_SPACE(sizeof(struct inet_diag_msg)));

	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if (a->rta_type == type && RTA_PAYLOAD(a) >= 1)
			return *(const uint8_t *)RTA_DATA(a);
	return 0;
}

bool owner_diag_parse(const struct nlmsghdr *nh, struct owner_sock *s)
{
	const struct inet_diag_msg *m = NLMSG_DATA(nh);

	if (nh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    nh->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) || !m->idiag_inode ||
	    (m->idiag_family != AF_INET && m->idiag_family != AF_INET6))
		return false;
	*s = (struct owner_sock){
		.inode = m->idiag_inode,
		.is_listener = m->idiag_state == TCP_LISTEN,
		.key.lport = ntohs(m->id.idiag_sport),
	};
	addr_take(s->key.local, m->id.idiag_src, m->idiag_family);
	if (s->is_listener) {
		s->is_v6only = attr_u8(nh, INET_DIAG_SKV6ONLY);
		return true;
	}
	addr_take(s->key.remote, m->id.idiag_dst, m->idiag_family);
	s->key.rport = ntohs(m->id.idiag_dport);
	return true;
}

struct filling {
	struct owner_socks *list;
	const struct range_set *ports; /* NULL: all */
	size_t nr_max;
};

static int list_add(void *arg, const struct nlmsghdr *nh)
{
	const struct filling *f = arg;
	struct owner_socks *list = f->list;
	size_t max = list->max ? list->max * 2 : 256;
	struct owner_sock s, *more;

	if (!owner_diag_parse(nh, &s) ||
	    (f->ports && !range_set_has(f->ports, s.key.lport)))
		return 0;
	if (list->nr == f->nr_max)
		return -E2BIG;
	if (list->nr == list->max) {
		more = realloc(list->s, max * sizeof(*more));
		if (!more)
			return -ENOMEM;
		list->s = more;
		list->max = max;
	}
	list->s[list->nr++] = s;
	return 0;
}

static int by_inode(const void *a, const void *b)
{
	const struct owner_sock *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* The only one, for the kernel to go by; 0: go by all that it tells of. */
static uint16_t only_port(const struct range_set *ports)
{
	return ports && ports->nr == 1 && ports->r[0].first == ports->r[0].last
		       ? ports->r[0].first
		       : 0;
}

int owner_diag_list(struct owner_socks *list, const struct range_set *ports,
		    size_t nr_max)
{
	struct filling filling = {
		.list = list,
		.ports = ports && ports->nr ? ports : NULL,
		.nr_max = nr_max,
	};
	const struct sock_diag_query query = {
		.states = STATES,
		.port = only_port(ports),
		.fn = list_add,
		.arg = &filling,
	};
	int ret;

	*list = (struct owner_socks){};
	ret = sock_diag_dump(&query);
	if (list->nr)
		qsort(list->s, list->nr, sizeof(*list->s), by_inode);
	return ret;
}

struct owner_sock *owner_socks_find(const struct owner_socks *list,
				    uint32_t inode)
{
	const struct owner_sock key = {.inode = inode};

	if (!list->nr)
		return NULL;
	return bsearch(&key, list->s, list->nr, sizeof(key), by_inode);
}

void owner_socks_free(struct owner_socks *list)
{
	free(list->s);
	*list = (struct owner_socks){};
}
