// SPDX-License-Identifier: GPL-2.0
#include "front/follow.h"

#include "base/log.h"

void follow_start(struct follow *f, const struct name_list *names,
		  const struct iface_table *ifaces)
{
	size_t i;

	f->names = names;
	for (i = 0; i < names->nr; i++)
		f->now[i] = f->first[i] = iface_find(ifaces, names->name[i]);
}

static void follow_one(struct follow *f, size_t i, struct session *s,
		       uint32_t ifindex)
{
	const char *name = f->names->name[i];
	struct load_error err;
	int ret;

	f->now[i] = ifindex;
	ret = session_follow(s, name, ifindex, f->first[i], &err);
	if (!ifindex)
		log_warn("%s is gone: waiting for another of that name", name);
	else if (ret)
		log_warn("%s is back and not traced as before: %s", name,
			 err.text);
	else
		log_info("%s is back: tracing it again", name);
}

void follow_check(struct follow *f, struct session *s,
		  const struct iface_table *ifaces)
{
	uint32_t ifindex;
	size_t i;

	for (i = 0; i < f->names->nr; i++) {
		ifindex = iface_find(ifaces, f->names->name[i]);
		if (ifindex != f->now[i])
			follow_one(f, i, s, ifindex);
	}
}
