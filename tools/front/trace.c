// SPDX-License-Identifier: GPL-2.0
/* A run from nothing to where run.c takes over, and away again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "front/explain.h"
#include "front/images.h"
#include "front/run_state.h"
#include "kernel/cost.h"
#include "kernel/netns.h"
#include "view/terminal.h"

#define FLUSH_NS 20000000 /* a lone packet waits no longer */

static void times_say(const struct compile_report *r, uint64_t load_ns,
		      uint64_t attach_ns)
{
	log_debug("time: cache %.1f ms, headers %.1f ms, compile %.1f ms, "
		  "load %.1f ms, attach %.1f ms",
		  r->cache_ns / 1e6, r->headers_ns / 1e6, r->child_ns / 1e6,
		  load_ns / 1e6, attach_ns / 1e6);
}

/* Without it everything is as it should be but the costs. */
static void costs_start(struct run *s)
{
	if (!s->opts->want_stats && !s->opts->want_explain)
		return;
	s->cost_fd = cost_measure();
	if (s->cost_fd < 0)
		log_warn("cannot measure what runs cost: %s",
			 strerror(-s->cost_fd));
}

static int run_start(struct run *s, const struct compile_report *report)
{
	struct load_error err;
	uint64_t start = clock_ns(CLOCK_MONOTONIC), loaded;
	int ret = session_open(&s->session, &s->plan, s->loop, &err);

	loaded = clock_ns(CLOCK_MONOTONIC);
	if (!ret)
		costs_start(s);
	if (!ret)
		ret = session_attach(&s->session, &err);
	if (ret) {
		log_err("%s", err.text);
		log_block(err.detail ?: "");
		free(err.detail);
		return ret;
	}
	if (s->opts->want_explain && explain_session(&s->session)) {
		log_err("%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	times_say(report, loaded - start, clock_ns(CLOCK_MONOTONIC) - loaded);
	return 0;
}

static bool run_prepare(struct run *s)
{
	const struct run_opts *o = s->opts;

	s->loop = loop_new(run_signal, s);
	s->ifaces = iface_table_new(s->plan.where.netns);
	s->out = out_new(STDOUT_FILENO);
	if (!s->loop || !s->ifaces || !s->out) {
		log_err("cannot start: %s", strerror(errno));
		return false;
	}
	follow_start(&s->follow, &o->ifnames, s->ifaces);
	out_set_stop(s->out, loop_signal_fd(s->loop));
	s->view.ops = views[o->output];
	s->view.schema = s->tool->schema;
	s->view.out = s->out;
	s->view.opts.want_hex = o->want_hex;
	s->view.opts.want_raw_seq = o->want_raw_seq;
	/* With several hooks each row says which. */
	s->view.opts.want_all = o->is_verbose || s->plan.nr_parts > 1;
	terminal_detect(STDOUT_FILENO, &s->view.opts);
	return true;
}

static void run_free(struct run *s)
{
	size_t i;

	if (s->tool->close)
		s->tool->close(s->tool->arg);
	watch_free(s->watch);
	session_close(&s->session);
	if (s->cost_fd >= 0)
		close(s->cost_fd);
	for (i = 0; i <= SESSION_PARTS; i++)
		image_free(s->images[i]);
	iface_table_free(s->ifaces);
	out_free(s->out);
	loop_free(s->loop);
	if (s->plan.where.netns >= 0)
		close(s->plan.where.netns);
}

static void parts_fill(struct run *s, const struct run_program *programs,
		       size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		s->plan.parts[i] = (struct session_part){
			.ops = programs[i].hook,
			.img = s->images[i],
			.prog_prefix = s->opts->prog_prefix,
			.prog_flags = programs[i].prog_flags,
		};
	s->plan.nr_parts = nr;
	s->nr_programs = nr;
}

static void plan_make(struct run *s)
{
	const struct run_opts *o = s->opts;
	size_t i;

	s->plan.where = (struct hook_where){
		.netns = -1,
		.want_out = o->want_out,
	};
	s->plan.events = (struct events_opts){
		.pages = o->pages ?: events_default_pages(),
		.wakeup = o->wakeup,
		.flush_ns = FLUSH_NS,
		.arrived = s->tool->arrived ? run_arrived : NULL,
		.fn = run_event,
		.batch_end = run_batch_end,
		.arg = s,
		.settle_ns = s->tool->settle_ns,
	};
	for (i = 0; i < o->ifnames.nr; i++)
		s->plan.ifnames[i] = o->ifnames.name[i];
}

static int netns_get(struct run *s)
{
	char err[256];

	if (!s->opts->netns)
		return 0;
	s->plan.where.netns = netns_open(s->opts->netns, err, sizeof(err));
	if (s->plan.where.netns >= 0)
		return 0;
	log_err("%s", err);
	return -ENOENT;
}

static int tool_open(struct run *s)
{
	return s->tool->open ? s->tool->open(s->tool->arg, s) : 0;
}

static bool watch_begin(struct run *s, const struct run_program *programs)
{
	if (s->opts->want_watch)
		s->watch = watch_new(s, programs);
	return s->watch || !s->opts->want_watch;
}

int run_trace(const struct run_opts *o, const struct run_tool *tool,
	      const struct run_program *programs, size_t nr, size_t nr_extra)
{
	struct run *s = calloc(1, sizeof(*s));
	struct compile_report report = {};
	int status = EXIT_FAILURE;

	if (!s) {
		log_err("%s", strerror(ENOMEM));
		return EXIT_FAILURE;
	}
	s->opts = o;
	s->tool = tool;
	s->cost_fd = -1;
	plan_make(s);
	if (nr_extra && programs[nr].without) {
		s->late = &programs[nr];
		nr_extra = 0;
	}
	if (!netns_get(s) &&
	    !images_get(o, programs, nr + nr_extra, s->images, &report)) {
		parts_fill(s, programs, nr);
		if (run_prepare(s) && !tool_open(s) && !run_start(s, &report) &&
		    watch_begin(s, programs))
			status = run_until_end(s);
	}
	run_free(s);
	free(s);
	return status;
}
