// SPDX-License-Identifier: GPL-2.0
#include "kernel/hook.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "kernel/iface.h"
#include "kernel/netns.h"

#define HOOK_ROW(name) &hook_##name,
const struct hook_ops *const hooks[] = {HOOKS(HOOK_ROW) NULL};

#define NR_HOOKS (sizeof(hooks) / sizeof(hooks[0]) - 1)

const struct hook_ops *hook_by_number(unsigned number)
{
	return number < NR_HOOKS ? hooks[number] : NULL;
}

static int interface_find(struct hook *h, const char *ifname, char *err,
			  size_t err_size)
{
	struct iface_table *t;
	int ret;

	if (!ifname)
		return 0;
	snprintf(h->ifname, sizeof(h->ifname), "%s", ifname);
	/* if_nametoindex(3) does not tell want of a socket from a wrong name. */
	t = iface_table_new(-1);
	ret = t ? -ENODEV : -errno;
	h->ifindex = t ? iface_find(t, ifname) : 0;
	iface_table_free(t);
	if (h->ifindex)
		return 0;
	snprintf(err, err_size, "cannot attach to %s: %s", ifname,
		 ret == -ENODEV ? "no such interface" : error_words(ret));
	return ret;
}

/* As struct hook_ops says of progs[].function. */
static const char *prefix_of(const char *function, const char *prefix)
{
	return *function == '_' ? prefix : "";
}

static bool starts_with(const char *name, const char *start)
{
	return !strncmp(name, start, strlen(start));
}

bool hook_takes(const struct hook_ops *ops, const char *prefix,
		const char *name, bool *is_out)
{
	const char *function, *start;
	int dir;

	for (dir = DIR_IN; dir <= DIR_OUT; dir++) {
		function = ops->progs[dir].function;
		if (!function)
			continue;
		start = prefix_of(function, prefix);
		*is_out = dir == DIR_OUT;
		if (starts_with(name, start) &&
		    starts_with(name + strlen(start), function))
			return true;
	}
	return false;
}

void hook_functions_list(const struct hook_ops *ops, const char *prefix,
			 char *text, size_t size)
{
	const char *in = ops->progs[DIR_IN].function;
	const char *out = ops->progs[DIR_OUT].function;

	if (out)
		snprintf(text, size, "%s%s() or %s%s()", prefix_of(in, prefix),
			 in, prefix_of(out, prefix), out);
	else
		snprintf(text, size, "%s%s()", prefix_of(in, prefix), in);
}

int hook_attach(struct hook *h, const struct hook_prog *prog,
		const char *ifname, const struct hook_where *where, char *err,
		size_t err_size)
{
	int previous, ret;

	*h = (struct hook){.ops = prog->ops, .fd = -1, .is_out = prog->is_out};
	snprintf(h->prog, sizeof(h->prog), "%s", prog->name);
	previous = netns_enter(where->netns);
	if (previous < -1) {
		snprintf(err, err_size, "cannot enter the namespace: %s",
			 strerror(-(previous + 1)));
		return previous + 1;
	}
	ret = interface_find(h, ifname, err, err_size);
	if (!ret)
		ret = h->ops->attach(h, prog->fd, where, err, err_size);
	netns_leave(previous);
	return ret;
}

/* The new one beside the old one, then without it. */
static int replace_in_turn(struct hook *h, int prog_fd,
			   const struct hook_where *where)
{
	struct hook fresh = *h;
	char err[256];
	int ret = h->ops->attach(&fresh, prog_fd, where, err, sizeof(err));

	if (ret)
		return ret;
	h->ops->detach(h, where);
	*h = fresh;
	return 0;
}

int hook_replace(struct hook *h, int prog_fd, const struct hook_where *where)
{
	int previous = netns_enter(where->netns), ret;

	if (previous < -1)
		return previous + 1;
	if (h->ops->replace)
		ret = h->ops->replace(h, prog_fd);
	else
		ret = replace_in_turn(h, prog_fd, where);
	netns_leave(previous);
	return ret;
}

void hook_detach(struct hook *h, const struct hook_where *where)
{
	if (!h->ops || h->fd < 0)
		return;
	h->ops->detach(h, where);
	h->fd = -1;
}
