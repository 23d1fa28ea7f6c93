// SPDX-License-Identifier: GPL-2.0
#include "kernel/session.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/stats.h"
#include "maps.h"

#define STACK_SIZE (256u << 10)

static const struct map_shape events_shape =
	MAP_SHAPE(MAP_EVENTS, PERF_EVENT_ARRAY, int, int);
static const struct map_shape stats_shape =
	MAP_SHAPE(MAP_STATS, PERCPU_ARRAY, int, struct hook_stats);

static const char *shape_wrong(const struct image *img,
			       const struct map_shape *reads)
{
	if (!load_map_fits(img, &events_shape))
		return events_shape.name;
	if (!load_map_fits(img, &stats_shape))
		return stats_shape.name;
	for (; reads && reads->name; reads++)
		if (!load_map_fits(img, reads))
			return reads->name;
	return NULL;
}

int session_fits(const struct session_plan *plan, const struct image *img,
		 struct load_error *err)
{
	const char *wrong = shape_wrong(img, plan->reads);

	if (!wrong)
		return 0;
	*err = (struct load_error){};
	snprintf(err->text, sizeof(err->text),
		 "the map '%s' must be as --print-source has it", wrong);
	return -EINVAL;
}

static int maps_load(struct session *s, struct load_error *err)
{
	const struct session_plan *plan = s->plan;
	struct load_opts opts = {.share = {plan->share}};
	size_t i;
	int ret;

	for (i = 0; i < plan->nr_parts; i++) {
		ret = session_fits(plan, plan->parts[i].img, err);
		if (!ret)
			ret = load_maps(plan->parts[i].img, &s->loaded[i],
					&opts, err);
		if (ret)
			return ret;
		opts.share[1] = s->loaded;
		s->nr_loaded++;
	}
	return 0;
}

struct load_as session_load_as(const struct session *s,
			       const struct session_prog *p)
{
	return (struct load_as){
		.type = p->prog.ops->type,
		.flags = s->plan->parts[p->part].prog_flags,
		.name = p->prog.ops->progs[p->prog.is_out].kernel_name,
		.is_in_way = p->prog.ops->is_in_way,
		.verdict = p->prog.ops->verdict,
	};
}

/* The program NAME of a part as one more of S. 0 or -errno. */
static int prog_add(struct session *s, size_t part, const char *name,
		    bool is_out, struct load_error *err)
{
	struct session_prog *p = &s->progs[s->nr_progs];
	struct load_as as;

	*p = (struct session_prog){
		.prog = {.ops = s->plan->parts[part].ops,
			 .name = name,
			 .is_out = is_out},
		.part = part,
	};
	as = session_load_as(s, p);
	p->prog.fd = load_prog(&s->loaded[part], name, &as, err);
	if (p->prog.fd < 0)
		return p->prog.fd;
	s->nr_progs++;
	return 0;
}

/* Load those functions of a part that its hook is for. */
static int progs_load(struct session *s, size_t part, struct load_error *err)
{
	const struct session_part *p = &s->plan->parts[part];
	size_t i, nr = s->nr_progs;
	char names[128];
	bool is_out;
	int ret;

	for (i = 0; i < p->img->nr_progs; i++) {
		const char *name = p->img->progs[i].name;

		if (!hook_takes(p->ops, p->prog_prefix, name, &is_out) ||
		    s->nr_progs == SESSION_HOOKS)
			continue;
		ret = prog_add(s, part, name, is_out, err);
		if (ret)
			return ret;
	}
	if (s->nr_progs > nr)
		return 0;
	hook_functions_list(p->ops, p->prog_prefix, names, sizeof(names));
	snprintf(err->text, sizeof(err->text), "the program has no function %s",
		 names);
	return -ENOENT;
}

struct buffers {
	struct session *s;
	struct loop *loop;
	struct load_error err;
};

/* Sets s->events, or leaves NULL and fills the error. */
static void *buffers_open(void *arg)
{
	struct buffers *b = arg;
	struct events_opts opts = b->s->plan->events;

	opts.map_fd = session_map(b->s, 0, &events_shape);
	opts.batch = &b->s->batch;
	if (opts.map_fd < 0 || session_map(b->s, 0, &stats_shape) < 0)
		snprintf(b->err.text, sizeof(b->err.text),
			 "the program has no maps '" MAP_EVENTS
			 "' and '" MAP_STATS "'");
	else if (!batch_open(&b->s->batch, &b->s->loaded[0], opts.wakeup,
			     &b->err))
		b->s->events = events_open(&opts, b->loop, b->err.text,
					   sizeof(b->err.text));
	return NULL;
}

/* A default stack would be one huge page of memory. */
static int beside(pthread_t *thread, void *(*fn)(void *arg), void *arg)
{
	pthread_attr_t attr;
	int err = pthread_attr_init(&attr);

	if (err)
		return err;
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	err = pthread_create(thread, &attr, fn, arg);
	pthread_attr_destroy(&attr);
	return err;
}

/*
 * The kernel takes milliseconds to verify a program, and one to clear the pages
 * of the buffers: both at once, tracing begins that much sooner.
 */
static int parts_open(struct session *s, struct loop *loop,
		      struct load_error *err)
{
	struct buffers b = {.s = s, .loop = loop};
	pthread_t thread;
	bool is_beside = !beside(&thread, buffers_open, &b);
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < s->plan->nr_parts; i++)
		ret = progs_load(s, i, err);
	if (is_beside)
		pthread_join(thread, NULL);
	else
		buffers_open(&b);
	if (ret || s->events)
		return ret;
	*err = b.err;
	return -EIO;
}

int session_open(struct session *s, const struct session_plan *plan,
		 struct loop *loop, struct load_error *err)
{
	int ret;

	memset(s, 0, sizeof(*s));
	memset(err, 0, sizeof(*err));
	s->plan = plan;
	s->stats_room = stats_room();
	ret = s->stats_room ? maps_load(s, err) : -ENOMEM;
	if (!s->stats_room)
		snprintf(err->text, sizeof(err->text), "%s", strerror(-ret));
	if (!ret)
		ret = parts_open(s, loop, err);
	if (ret)
		session_close(s);
	return ret;
}

static int prog_attach(struct session *s, const struct session_prog *p,
		       const char *ifname, struct load_error *err)
{
	int ret;

	if (s->nr_hooks == SESSION_HOOKS) {
		snprintf(err->text, sizeof(err->text), "too many hooks");
		return -E2BIG;
	}
	ret = hook_attach(&s->hooks[s->nr_hooks], &p->prog, ifname,
			  &s->plan->where, err->text, sizeof(err->text));
	if (!ret)
		s->nr_hooks++;
	return ret;
}

int session_attach(struct session *s, struct load_error *err)
{
	const char *const *ifnames = s->plan->ifnames;
	size_t i, j;
	int ret;

	for (i = 0; i < s->nr_progs; i++) {
		const struct session_prog *p = &s->progs[i];
		bool is_once = p->prog.ops->is_global || !ifnames[0];

		for (j = 0; j == 0 || (!is_once && ifnames[j]); j++) {
			ret = prog_attach(s, p, is_once ? NULL : ifnames[j],
					  err);
			if (ret)
				return ret;
		}
	}
	return 0;
}

static const struct session_prog *prog_of(const struct session *s,
					  const struct hook *h)
{
	size_t i;

	for (i = 0; i < s->nr_progs; i++)
		if (s->progs[i].prog.ops == h->ops &&
		    !strcmp(s->progs[i].prog.name, h->prog))
			return &s->progs[i];
	return NULL;
}

/* Attach H, if it is one of IFNAME. */
static int hook_follow(struct session *s, struct hook *h, const char *ifname,
		       bool is_another, struct load_error *err)
{
	const struct session_prog *p = prog_of(s, h);

	if (h->ops->is_global && is_another) {
		snprintf(err->text, sizeof(err->text),
			 "the hook %s goes by the old one's number",
			 h->ops->name);
		return -EOPNOTSUPP;
	}
	if (strcmp(h->ifname, ifname))
		return 0;
	return hook_attach(h, &p->prog, ifname, &s->plan->where, err->text,
			   sizeof(err->text));
}

int session_follow(struct session *s, const char *ifname, uint32_t ifindex,
		   uint32_t was, struct load_error *err)
{
	struct load_error ignored;
	size_t i;
	int ret = 0, one;

	memset(err, 0, sizeof(*err));
	for (i = 0; i < s->nr_hooks; i++) {
		struct hook *h = &s->hooks[i];

		if (!strcmp(h->ifname, ifname))
			hook_detach(h, &s->plan->where);
		if (!ifindex)
			continue;
		one = hook_follow(s, h, ifname, ifindex != was,
				  ret ? &ignored : err);
		ret = ret ?: one;
	}
	return ret;
}

void session_detach(struct session *s)
{
	size_t i;

	for (i = 0; i < s->nr_hooks; i++)
		hook_detach(&s->hooks[i], &s->plan->where);
}

int session_map(const struct session *s, size_t part,
		const struct map_shape *shape)
{
	return part < s->nr_loaded ? load_map_fd(&s->loaded[part], shape)
				   : -ENOENT;
}

int session_stats(const struct session *s, size_t part, struct hook_stats *sum)
{
	return stats_read(session_map(s, part, &stats_shape), 0, s->stats_room,
			  sum);
}

void session_close(struct session *s)
{
	size_t i;

	if (!s->plan)
		return;
	session_detach(s);
	events_close(s->events);
	batch_close(&s->batch);
	for (i = 0; i < s->nr_progs; i++)
		close(s->progs[i].prog.fd);
	for (i = 0; i < s->nr_loaded; i++)
		load_close(&s->loaded[i]);
	free(s->stats_room);
	memset(s, 0, sizeof(*s));
}
