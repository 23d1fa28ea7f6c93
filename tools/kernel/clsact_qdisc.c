// SPDX-License-Identifier: GPL-2.0
#include "kernel/clsact_qdisc.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
#include <string.h>

#include "kernel/clsact_mark.h"
#include "kernel/tc_list.h"

#define NO_CLSACT \
	"this kernel has no clsact (CONFIG_NET_CLS_ACT, NET_SCH_INGRESS)"

static const struct clsact_cause causes[] = {
	{EPERM, CLSACT_NO_PRIVILEGE},
	{ENOENT, NO_CLSACT},
	{EOPNOTSUPP, NO_CLSACT},
	{0, NULL},
};

int clsact_fail(const struct hook *h, int ret, const struct clsact_cause *cause,
		char *err, size_t err_size)
{
	while (cause->err && cause->err != -ret)
		cause++;
	snprintf(err, err_size, "cannot attach TC to %s: %s", h->ifname,
		 cause->err ? cause->text : strerror(-ret));
	return ret;
}

static void on_filter(void *arg, const struct tc_filter *f)
{
	*(bool *)arg = true;
}

/* Whatever cannot be read, or changes just now, counts as used. */
static bool is_unused(int ifindex)
{
	bool has_any = false;
	int ret = tc_list_filters(ifindex,
				  TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
				  on_filter, &has_any);

	if (!ret)
		ret = tc_list_filters(ifindex,
				      TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS),
				      on_filter, &has_any);
	return !ret && !has_any;
}

void clsact_qdisc_release(int ifindex, int marks)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	char kind[TC_KIND_SIZE];
	bool is_gone;

	if (marks < 0 || tc_list_clsact(ifindex, kind))
		return;
	is_gone = strcmp(kind, "clsact");
	if (!is_gone && clsact_mark_is_set(marks, ifindex) &&
	    is_unused(ifindex))
		is_gone = !bpf_tc_hook_destroy(&hook);
	if (is_gone)
		clsact_mark_clear(marks, ifindex);
}

static int qdisc_create(int ifindex, int marks)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS);
	int ret = bpf_tc_hook_create(&hook);

	if (ret)
		clsact_mark_clear(marks, ifindex);
	/* Somebody was faster: it is theirs. */
	return ret == -EEXIST ? 0 : ret;
}

static int qdisc_need(const struct hook *h, int marks, char *err,
		      size_t err_size)
{
	int ret = marks < 0 ? marks : clsact_mark_set(marks, h->ifindex);

	if (ret) {
		snprintf(err, err_size,
			 "cannot attach TC to %s: cannot note in %s that its "
			 "clsact will be ours: %s",
			 h->ifname, CLSACT_MARKS,
			 ret == -ETIMEDOUT
				 ? "another instance has been at it for 2 s"
				 : strerror(-ret));
		return ret;
	}
	ret = qdisc_create(h->ifindex, marks);
	return ret ? clsact_fail(h, ret, causes, err, err_size) : 0;
}

/*
 * The qdisc "ingress" can stand in the same place. It takes filters of egress
 * without a word, and shows them the incoming packets.
 */
static int qdisc_check(const struct hook *h, const char *kind, bool want_out,
		       char *err, size_t err_size)
{
	if (!want_out || !strcmp(kind, "clsact"))
		return 0;
	snprintf(err, err_size,
		 "cannot attach TC to outgoing packets of %s: a qdisc '%s' is "
		 "in the place of clsact, which stays",
		 h->ifname, kind);
	return -EBUSY;
}

int clsact_qdisc_ensure(const struct hook *h, bool want_out, int marks,
			char *err, size_t err_size)
{
	char kind[TC_KIND_SIZE];
	int ret = tc_list_clsact(h->ifindex, kind);

	if (!ret && !*kind) {
		ret = qdisc_need(h, marks, err, err_size);
		if (ret)
			return ret;
		ret = tc_list_clsact(h->ifindex, kind);
	}
	if (ret)
		return clsact_fail(h, ret, causes, err, err_size);
	return qdisc_check(h, kind, want_out, err, err_size);
}
