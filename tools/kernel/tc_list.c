// SPDX-License-Identifier: GPL-2.0
#include "kernel/tc_list.h"

#include <errno.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kernel/nlmsg.h"

/* Other interfaces come and go while all are listed. */
#define TRIES 8

/* No message of a dump is longer (SKB_WITH_OVERHEAD(32768) in af_netlink.c). */
#define ANSWER_SIZE 32768

struct request {
	struct nlmsghdr nh;
	struct tcmsg tc;
};

_Static_assert(sizeof(struct request) == NLMSG_LENGTH(sizeof(struct tcmsg)),
	       "a header and its payload without a gap");

/* One message; 0 to go on, or -errno. */
typedef int (*answer_fn)(void *arg, const struct nlmsghdr *nh);

/* A payload that is text, as far as it fits. */
static void attr_text(const struct rtattr *a, char *text, size_t size)
{
	snprintf(text, size, "%.*s", (int)RTA_PAYLOAD(a),
		 (const char *)RTA_DATA(a));
}

/* The attribute TYPE among LEN bytes at A, or NULL. */
static const struct rtattr *attr_find(const struct rtattr *a, int len,
				      unsigned type)
{
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

static const struct rtattr *message_attr(const struct nlmsghdr *nh,
					 unsigned type)
{
	int len = (int)nh->nlmsg_len - (int)NLMSG_SPACE(sizeof(struct tcmsg));

	return attr_find(TCA_RTA(NLMSG_DATA(nh)), len, type);
}

static bool is_of(const struct nlmsghdr *nh, int type)
{
	return nh->nlmsg_type == type &&
	       nh->nlmsg_len >= NLMSG_LENGTH(sizeof(struct tcmsg));
}

bool tc_list_parse(const struct nlmsghdr *nh, struct tc_filter *f)
{
	const struct tcmsg *tc = NLMSG_DATA(nh);
	const struct rtattr *kind, *options, *name = NULL;

	if (!is_of(nh, RTM_NEWTFILTER))
		return false;
	kind = message_attr(nh, TCA_KIND);
	if (!kind)
		return false;
	*f = (struct tc_filter){.handle = tc->tcm_handle,
				.priority = TC_H_MAJ(tc->tcm_info) >> 16};
	attr_text(kind, f->kind, sizeof(f->kind));
	options = message_attr(nh, TCA_OPTIONS);
	if (options && !strcmp(f->kind, "bpf"))
		name = attr_find(RTA_DATA(options), RTA_PAYLOAD(options),
				 TCA_BPF_NAME);
	if (name)
		attr_text(name, f->name, sizeof(f->name));
	return true;
}

/* The error that NLMSG_ERROR or NLMSG_DONE carries; 0 is success. */
static int status_of(const struct nlmsghdr *nh)
{
	if (nh->nlmsg_len < NLMSG_LENGTH(sizeof(int)))
		return -EBADMSG;
	return *(const int *)NLMSG_DATA(nh);
}

/* The messages of one datagram. 1 when the answer is complete, or -errno. */
static int answer_part(const void *buf, int len, answer_fn fn, void *arg)
{
	const struct nlmsghdr *nh;
	int ret = 0;

	for (nh = buf; nlmsg_is_whole(nh, len); nh = NLMSG_NEXT(nh, len)) {
		if (nh->nlmsg_flags & NLM_F_DUMP_INTR)
			return -EAGAIN;
		if (nh->nlmsg_type == NLMSG_ERROR ||
		    nh->nlmsg_type == NLMSG_DONE) {
			ret = status_of(nh);
			return ret ? ret : 1;
		}
		ret = fn(arg, nh);
		if (ret)
			return ret;
	}
	return len ? -EBADMSG : 0;
}

static int answer(int fd, answer_fn fn, void *arg)
{
	char buf[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t n;
	int ret = 0;

	while (!ret) {
		n = recv(fd, buf, sizeof(buf), MSG_TRUNC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n > (ssize_t)sizeof(buf))
			return -EMSGSIZE;
		ret = answer_part(buf, n, fn, arg);
	}
	return ret < 0 ? ret : 0;
}

/*
 * Connected to the kernel, a socket hears nobody else: whoever could send to
 * it would be of the same namespace.
 */
static int ask(struct request *r, answer_fn fn, void *arg)
{
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int ret;

	if (fd < 0)
		return -errno;
	r->nh.nlmsg_len = sizeof(*r);
	if (connect(fd, (const void *)&kernel, sizeof(kernel)) ||
	    send(fd, r, sizeof(*r), 0) != sizeof(*r))
		ret = -errno;
	else
		ret = answer(fd, fn, arg);
	close(fd);
	return ret;
}

struct filter_sink {
	tc_filter_fn fn;
	void *arg;
};

static int on_filter(void *arg, const struct nlmsghdr *nh)
{
	const struct filter_sink *sink = arg;
	struct tc_filter f;

	if (!tc_list_parse(nh, &f))
		return -EBADMSG;
	sink->fn(sink->arg, &f);
	return 0;
}

int tc_list_filters(int ifindex, uint32_t parent, tc_filter_fn fn, void *arg)
{
	struct request r = {
		.nh = {.nlmsg_type = RTM_GETTFILTER,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.tc = {.tcm_ifindex = ifindex, .tcm_parent = parent},
	};
	struct filter_sink sink = {fn, arg};

	return ask(&r, on_filter, &sink);
}

struct qdisc_sink {
	int ifindex;
	char *kind;
};

static int on_qdisc(void *arg, const struct nlmsghdr *nh)
{
	const struct qdisc_sink *sink = arg;
	const struct tcmsg *tc = NLMSG_DATA(nh);
	const struct rtattr *kind;

	if (!is_of(nh, RTM_NEWQDISC))
		return -EBADMSG;
	if (tc->tcm_ifindex != sink->ifindex || tc->tcm_parent != TC_H_CLSACT)
		return 0;
	kind = message_attr(nh, TCA_KIND);
	if (kind)
		attr_text(kind, sink->kind, TC_KIND_SIZE);
	return 0;
}

/*
 * Not asked for one alone: to that the kernel answers all who listen for
 * changes, and the one who asked only if he wants to hear it too.
 */
int tc_list_clsact(int ifindex, char kind[TC_KIND_SIZE])
{
	struct request r = {
		.nh = {.nlmsg_type = RTM_GETQDISC,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.tc = {.tcm_ifindex = ifindex},
	};
	struct qdisc_sink sink = {ifindex, kind};
	int ret = -EAGAIN;

	for (int i = 0; i < TRIES && ret == -EAGAIN; i++) {
		*kind = '\0';
		ret = ask(&r, on_qdisc, &sink);
	}
	return ret;
}
