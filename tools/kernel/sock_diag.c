// SPDX-License-Identifier: GPL-2.0
#include "kernel/sock_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/nlmsg.h"

#define ANSWER_SIZE 65536

struct request {
	struct nlmsghdr nh;
	struct inet_diag_req_v2 req;
};

int sock_diag_take(const struct sock_diag_query *q, const void *buf, int len)
{
	const struct nlmsghdr *nh;
	int ret = 0;

	for (nh = buf; !ret && nlmsg_is_whole(nh, len);
	     nh = NLMSG_NEXT(nh, len)) {
		if (nh->nlmsg_type == NLMSG_DONE)
			return 1;
		if (nh->nlmsg_type == NLMSG_ERROR)
			return nh->nlmsg_len < NLMSG_LENGTH(sizeof(int))
				       ? -EBADMSG
				       : *(const int *)NLMSG_DATA(nh);
		ret = q->fn(q->arg, nh);
	}
	return ret;
}

static int answer_take(int fd, const struct sock_diag_query *q)
{
	char *buf = malloc(ANSWER_SIZE);
	ssize_t n;
	int ret = buf ? 0 : -ENOMEM;

	while (!ret) {
		n = recv(fd, buf, ANSWER_SIZE, 0);
		if (n < 0 && errno == EINTR)
			continue;
		ret = n < 0 ? -errno : sock_diag_take(q, buf, n);
	}
	free(buf);
	return ret < 0 ? ret : 0;
}

static int family_dump(int fd, uint8_t family, const struct sock_diag_query *q)
{
	struct request r = {
		.nh = {.nlmsg_len = sizeof(r),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.req = {.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = q->states,
			.id.idiag_sport = htons(q->port)},
	};

	if (send(fd, &r, sizeof(r), 0) != sizeof(r))
		return -errno;
	return answer_take(fd, q);
}

int sock_diag_open(void)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	int ret;

	if (fd < 0)
		return -errno;
	if (!connect(fd, (const void *)&kernel, sizeof(kernel)))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

static int found_take(void *arg, const struct nlmsghdr *nh)
{
	struct inet_diag_msg *found = arg;

	if (nh->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    nh->nlmsg_len < NLMSG_LENGTH(sizeof(*found)))
		return -EBADMSG;
	memcpy(found, NLMSG_DATA(nh), sizeof(*found));
	return 0;
}

/* The kernel has answered before send() returns, in one message. */
int sock_diag_find(int fd, uint8_t family, const struct inet_diag_sockid *id,
		   struct inet_diag_msg *found)
{
	const struct request r = {
		.nh = {.nlmsg_len = sizeof(r),
		       .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		       .nlmsg_flags = NLM_F_REQUEST},
		.req = {.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = ~0u,
			.id = *id},
	};
	const struct sock_diag_query q = {.fn = found_take, .arg = found};
	_Alignas(struct nlmsghdr) char answer[2048];
	ssize_t n;

	if (send(fd, &r, sizeof(r), 0) != sizeof(r))
		return -errno;
	n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
	return n < 0 ? -errno : sock_diag_take(&q, answer, n);
}

int sock_diag_dump(const struct sock_diag_query *q)
{
	int fd = sock_diag_open(), ret;

	if (fd < 0)
		return fd;
	ret = family_dump(fd, AF_INET6, q);
	if (!ret)
		ret = family_dump(fd, AF_INET, q);
	close(fd);
	return ret;
}
