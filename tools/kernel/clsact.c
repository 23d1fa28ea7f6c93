// SPDX-License-Identifier: GPL-2.0
/*
 * A slot is a priority of our range in one direction of one interface. Who is
 * alive holds a socket bound to the slot's name, in the abstract namespace that
 * the kernel keeps for each network namespace: it goes with its process, so a
 * filter whose name can be bound was left by one that was killed. What must
 * survive us until then is made in the order mark, qdisc, socket, filter.
 */
#include "kernel/clsact.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <linux/pkt_sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "kernel/clsact_mark.h"
#include "kernel/clsact_qdisc.h"
#include "kernel/tc_list.h"

#define SLOTS 16
#define HANDLE 1
#define TRIES 8

/*
 * Below 0x8000, from where on the kernel looks for a priority for filters that
 * come without one: theirs do not change because of ours, and are behind ours.
 */
#define PRIORITY 0x7460

struct direction {
	const char *name;
	const char *prog;
	const char *older; /* what some versions left there, or NULL */
	enum bpf_tc_attach_point point;
	uint32_t parent;
};

/* By hook.is_out. */
static const struct direction directions[] = {
	{"ingress", CLSACT_PROG_IN, "check", BPF_TC_INGRESS,
	 TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)},
	{"egress", CLSACT_PROG_OUT, NULL, BPF_TC_EGRESS,
	 TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)},
};

#define NR_DIRECTIONS (sizeof(directions) / sizeof(directions[0]))

/* The filters of one direction; slots are bits. */
struct census {
	const struct direction *dir;
	unsigned ours;
	unsigned others;
};

static const struct clsact_cause causes[] = {
	{EPERM, CLSACT_NO_PRIVILEGE},
	{ENOENT, "this kernel has no BPF filters (CONFIG_NET_CLS_BPF)"},
	{EOPNOTSUPP, "its filters are in a block shared with others"},
	{EBUSY, "16 instances are there, or others have our 16 priorities"},
	{0, NULL},
};

static const struct direction *direction_of(const struct hook *h)
{
	return &directions[h->is_out];
}

/* libbpf names a filter after its program: "tcpsnoop_tc_in:[17]". */
static bool is_of(const struct tc_filter *f, const char *prog)
{
	size_t len = strlen(prog);

	return !strncmp(f->name, prog, len) && f->name[len] == ':';
}

static bool is_ours(const struct tc_filter *f, const struct direction *dir)
{
	return f->handle == HANDLE && !strcmp(f->kind, "bpf") &&
	       (is_of(f, dir->prog) || (dir->older && is_of(f, dir->older)));
}

static void on_filter(void *arg, const struct tc_filter *f)
{
	struct census *c = arg;
	unsigned slot = f->priority - PRIORITY;

	if (slot >= SLOTS || !f->handle)
		return;
	if (is_ours(f, c->dir))
		c->ours |= 1u << slot;
	else
		c->others |= 1u << slot;
}

static int census_take(struct census *c, int ifindex,
		       const struct direction *dir)
{
	int ret = -EAGAIN;

	for (int i = 0; i < TRIES && ret == -EAGAIN; i++) {
		*c = (struct census){.dir = dir};
		ret = tc_list_filters(ifindex, dir->parent, on_filter, c);
	}
	return ret;
}

/* A socket that makes us the owner of SLOT, or -errno: -EADDRINUSE. */
static int slot_bind(int ifindex, const struct direction *dir, int slot)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), len;

	if (fd < 0)
		return -errno;
	len = snprintf(sun.sun_path + 1, sizeof(sun.sun_path) - 1,
		       "tcpsnoop-c/tc/%d/%s/%d", ifindex, dir->name, slot);
	len += offsetof(struct sockaddr_un, sun_path) + 1;
	if (bind(fd, (const void *)&sun, len)) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd;
}

/* FLAGS: 0, or BPF_TC_F_REPLACE. */
static int filter_add(int ifindex, const struct direction *dir, int slot,
		      int prog_fd, int flags)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = dir->point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = prog_fd, .handle = HANDLE,
		    .priority = PRIORITY + slot, .flags = flags);

	return bpf_tc_attach(&hook, &opts);
}

static void filter_remove(int ifindex, const struct direction *dir, int slot)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = dir->point);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = HANDLE,
		    .priority = PRIORITY + slot);

	bpf_tc_detach(&hook, &opts);
}

/* Filters of ours in DIR whose owner is dead. */
static void sweep(int ifindex, const struct direction *dir)
{
	struct census c;
	int slot, fd;

	if (census_take(&c, ifindex, dir))
		return;
	for (slot = 0; slot < SLOTS; slot++) {
		if (!(c.ours & 1u << slot))
			continue;
		fd = slot_bind(ifindex, dir, slot);
		if (fd < 0)
			continue;
		filter_remove(ifindex, dir, slot);
		close(fd);
	}
}

static int slot_try(struct hook *h, int slot, int prog_fd)
{
	const struct direction *dir = direction_of(h);
	int fd = slot_bind(h->ifindex, dir, slot), ret;

	if (fd < 0)
		return fd;
	ret = filter_add(h->ifindex, dir, slot, prog_fd, 0);
	if (ret) {
		close(fd);
		return ret;
	}
	h->fd = fd;
	h->slot = slot;
	return 0;
}

static int slot_attach(struct hook *h, int prog_fd)
{
	struct census c;
	int ret = census_take(&c, h->ifindex, direction_of(h)), slot;

	if (ret)
		return ret;
	for (slot = 0; slot < SLOTS; slot++) {
		if (c.others & 1u << slot)
			continue;
		ret = slot_try(h, slot, prog_fd);
		if (ret != -EADDRINUSE && ret != -EEXIST)
			return ret;
	}
	return -EBUSY;
}

static int attach(struct hook *h, int prog_fd, int marks, char *err,
		  size_t err_size)
{
	int ret;

	for (size_t i = 0; i < NR_DIRECTIONS; i++)
		sweep(h->ifindex, &directions[i]);
	ret = clsact_qdisc_ensure(h, direction_of(h)->point == BPF_TC_EGRESS,
				  marks, err, err_size);
	if (!ret) {
		ret = slot_attach(h, prog_fd);
		if (ret)
			clsact_fail(h, ret, causes, err, err_size);
	}
	if (ret)
		clsact_qdisc_release(h->ifindex, marks);
	return ret;
}

/* libbpf would print what the kernel says, also of what is expected here. */
int clsact_attach(struct hook *h, int prog_fd, char *err, size_t err_size)
{
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int marks = clsact_marks_lock();
	int ret = attach(h, prog_fd, marks, err, err_size);

	if (marks >= 0)
		close(marks);
	libbpf_set_print(print);
	return ret;
}

int clsact_replace(struct hook *h, int prog_fd)
{
	return filter_add(h->ifindex, direction_of(h), h->slot, prog_fd,
			  BPF_TC_F_REPLACE);
}

static void detach(struct hook *h)
{
	const struct direction *dir = direction_of(h);
	struct census c;

	if (!census_take(&c, h->ifindex, dir) && c.ours & 1u << h->slot)
		filter_remove(h->ifindex, dir, h->slot);
	/* A CPU may be in the program still: wait for all (RCU). */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	close(h->fd);
	h->fd = -1;
}

void clsact_detach(struct hook *h)
{
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int marks;

	detach(h);
	marks = clsact_marks_lock();
	clsact_qdisc_release(h->ifindex, marks);
	if (marks >= 0)
		close(marks);
	libbpf_set_print(print);
}
