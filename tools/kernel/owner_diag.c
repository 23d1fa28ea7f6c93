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
#include <unistd.h>

#define ANSWER_SIZE 65536

/* No process holds a socket in the others: TIME_WAIT, SYN_RECV ... */
#define STATES                                                           \
	(1 << TCP_ESTABLISHED | 1 << TCP_SYN_SENT | 1 << TCP_FIN_WAIT1 | \
	 1 << TCP_FIN_WAIT2 | 1 << TCP_CLOSE_WAIT | 1 << TCP_LAST_ACK |  \
	 1 << TCP_LISTEN | 1 << TCP_CLOSING)

struct request {
	struct nlmsghdr nh;
	struct inet_diag_req_v2 req;
};

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

static int list_add(struct owner_socks *list, size_t nr_max,
		    const struct owner_sock *s)
{
	size_t max = list->max ? list->max * 2 : 256;
	struct owner_sock *more;

	if (list->nr == nr_max)
		return -E2BIG;
	if (list->nr == list->max) {
		more = realloc(list->s, max * sizeof(*more));
		if (!more)
			return -ENOMEM;
		list->s = more;
		list->max = max;
	}
	list->s[list->nr++] = *s;
	return 0;
}

/* 1 when the answer is complete, or -errno. */
static int answer_part(const void *buf, int len, struct owner_socks *list,
		       size_t nr_max)
{
	const struct nlmsghdr *nh;
	struct owner_sock s;
	int ret = 0;

	for (nh = buf; !ret && NLMSG_OK(nh, len); nh = NLMSG_NEXT(nh, len)) {
		if (nh->nlmsg_type == NLMSG_DONE)
			return 1;
		if (nh->nlmsg_type == NLMSG_ERROR)
			return nh->nlmsg_len < NLMSG_LENGTH(sizeof(int))
				       ? -EBADMSG
				       : *(const int *)NLMSG_DATA(nh);
		if (owner_diag_parse(nh, &s))
			ret = list_add(list, nr_max, &s);
	}
	return ret;
}

static int answer(int fd, struct owner_socks *list, size_t nr_max)
{
	char *buf = malloc(ANSWER_SIZE);
	ssize_t n;
	int ret = buf ? 0 : -ENOMEM;

	while (!ret) {
		n = recv(fd, buf, ANSWER_SIZE, 0);
		if (n < 0 && errno == EINTR)
			continue;
		ret = n < 0 ? -errno : answer_part(buf, n, list, nr_max);
	}
	free(buf);
	return ret < 0 ? ret : 0;
}

static int family_list(int fd, uint8_t family, struct owner_socks *list,
		       size_t nr_max)
{
	struct request r = {
		.nh = {.nlmsg_len = sizeof(r),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.req = {.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = STATES},
	};

	if (send(fd, &r, sizeof(r), 0) != sizeof(r))
		return -errno;
	return answer(fd, list, nr_max);
}

static int by_inode(const void *a, const void *b)
{
	const struct owner_sock *x = a, *y = b;

	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

int owner_diag_list(struct owner_socks *list, size_t nr_max)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	int ret;

	*list = (struct owner_socks){};
	if (fd < 0)
		return -errno;
	ret = connect(fd, (const void *)&kernel, sizeof(kernel)) ? -errno : 0;
	if (!ret)
		ret = family_list(fd, AF_INET, list, nr_max);
	if (!ret)
		ret = family_list(fd, AF_INET6, list, nr_max);
	close(fd);
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
