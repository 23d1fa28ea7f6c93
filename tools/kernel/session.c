// SPDX-License-Identifier: GPL-2.0
#include "kernel/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel/stats.h"

static int map_find(const struct session *s, const char *name,
		    struct load_error *err)
{
	int fd = load_map_fd(&s->loaded, name);

	if (fd < 0)
		snprintf(err->text, sizeof(err->text),
			 "the program has no map '%s'", name);
	return fd;
}

static int progs_load(struct session *s, struct load_error *err)
{
	const struct hook_ops *ops;
	int fd;

	while ((ops = s->plan->hooks[s->nr_hooks])) {
		fd = load_prog(&s->loaded, ops->prog, ops->type, err);
		if (fd < 0)
			return fd;
		s->prog_fds[s->nr_hooks++] = fd;
	}
	return 0;
}

int session_open(struct session *s, const struct image *img,
		 const struct session_plan *plan, struct loop *loop,
		 struct load_error *err)
{
	struct events_opts events = plan->events;
	int ret;

	memset(s, 0, sizeof(*s));
	s->plan = plan;
	ret = load_maps(img, &s->loaded, err);
	if (ret)
		return ret;
	events.map_fd = map_find(s, "events", err);
	ret = map_find(s, "stats", err);
	if (events.map_fd < 0 || ret < 0)
		goto fail;
	ret = progs_load(s, err);
	if (ret)
		goto fail;
	ret = -EIO;
	s->events = events_open(&events, loop, err->text, sizeof(err->text));
	if (s->events)
		return 0;
fail:
	session_close(s);
	return ret < 0 ? ret : -ENOENT;
}

int session_attach(struct session *s, struct load_error *err)
{
	size_t i;
	int ret;

	for (i = 0; i < s->nr_hooks; i++) {
		ret = hook_attach(&s->hooks[i], s->plan->hooks[i],
				  s->prog_fds[i], &s->plan->where, err->text,
				  sizeof(err->text));
		if (ret)
			return ret;
	}
	return 0;
}

void session_detach(struct session *s)
{
	size_t i;

	for (i = 0; i < s->nr_hooks; i++)
		hook_detach(&s->hooks[i]);
}

int session_stats(const struct session *s, struct hook_stats *sum)
{
	return stats_read(load_map_fd(&s->loaded, "stats"), 0, sum);
}

void session_close(struct session *s)
{
	size_t i;

	if (!s->plan)
		return;
	session_detach(s);
	events_close(s->events);
	for (i = 0; i < s->nr_hooks; i++)
		close(s->prog_fds[i]);
	load_close(&s->loaded);
	memset(s, 0, sizeof(*s));
}
