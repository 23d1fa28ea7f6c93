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

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

void owner_diag_addr(uint8_t to[16], const void *addr, uint8_t ip)
{
	if (ip == 6) {
		memcpy(to, addr, 16);
		return;
	}
	memcpy(to, mapped, sizeof(mapped));
	memcpy(to + sizeof(mapped), addr, 4);
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
	uint8_t ip;

	if (nh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    nh->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) || !m->idiag_inode ||
	    (m->idiag_family != AF_INET && m->idiag_family != AF_INET6))
		return false;
	ip = m->idiag_family == AF_INET6 ? 6 : 4;
	*s = (struct owner_sock){
		.inode = m->idiag_inode,
		.ifindex = m->id.idiag_if,
		.is_listener = m->idiag_state == TCP_LISTEN,
		.lport = ntohs(m->id.idiag_sport),
	};
	owner_diag_addr(s->addr, m->id.idiag_src, ip);
	if (s->is_listener) {
		s->is_v6only = attr_u8(nh, INET_DIAG_SKV6ONLY);
		s->key.kind = OWNER_OF_SOCKET;
		memcpy(s->key.local, &s->inode, sizeof(s->inode));
		return true;
	}
	memcpy(s->key.local, s->addr, sizeof(s->addr));
	owner_diag_addr(s->key.remote, m->id.idiag_dst, ip);
	s->key.lport = s->lport;
	s->key.rport = ntohs(m->id.idiag_dport);
	s->key.kind = memcmp(s->key.remote, mapped, sizeof(mapped)) ? 6 : 4;
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
	    (f->ports && !range_set_has(f->ports, s.lport)))
		return 0;
	if (list->nr == f->nr_max) {
		list->nr_left++;
		return 0;
	}
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

int owner_diag_list(struct owner_socks *list, const struct owner_diag_query *q)
{
	struct filling filling = {
		.list = list,
		.ports = q->ports && q->ports->nr ? q->ports : NULL,
		.nr_max = q->nr_max,
	};
	const struct sock_diag_query query = {
		.states = q->want_listeners_only ? 1 << TCP_LISTEN : STATES,
		.port = only_port(q->ports),
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
