// SPDX-License-Identifier: GPL-2.0
/* A run from nothing to where run.c takes over, and away again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "front/explain.h"
#include "front/images.h"
#include "front/run_state.h"
#include "kernel/cost.h"
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
static void costs_start(struct run *run)
{
	if (!run->opts->want_stats && !run->opts->want_explain)
		return;
	run->cost_fd = cost_measure();
	if (run->cost_fd < 0)
		log_warn("cannot measure what runs cost: %s",
			 strerror(-run->cost_fd));
}

static int run_start(struct run *run, const struct compile_report *report)
{
	struct load_error err;
	uint64_t start = clock_ns(CLOCK_MONOTONIC), loaded;
	int ret =
		session_open(&run->session, &run->plan, run->engine.loop, &err);

	loaded = clock_ns(CLOCK_MONOTONIC);
	if (!ret)
		costs_start(run);
	/* Until now nothing outlives the process: it may just end. */
	if (!ret && engine_take_signals(&run->engine))
		return -EIO;
	if (!ret)
		ret = session_attach(&run->session, &err);
	if (ret) {
		log_err("%s", err.text);
		log_block(err.detail ?: "");
		free(err.detail);
		return ret;
	}
	if (run->opts->want_explain && explain_session(&run->session)) {
		log_err("%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	times_say(report, loaded - start, clock_ns(CLOCK_MONOTONIC) - loaded);
	return 0;
}

static int run_prepare(struct run *run)
{
	const struct run_opts *o = run->opts;
	int ret = engine_open(&run->engine, o, &run_engine_ops, run);

	if (ret)
		return ret;
	run->plan.where.netns = run->engine.netns;
	run->ifaces = iface_table_new(run->engine.netns);
	if (!run->ifaces) {
		log_err("cannot start: %s", error_words(-errno));
		return -EIO;
	}
	follow_start(&run->follow, &o->ifnames, run->ifaces);
	run->view.ops = views[o->output];
	run->view.schema = run->tool->schema;
	run->view.out = run->engine.out;
	run->view.opts.want_hex = o->want_hex;
	run->view.opts.want_raw_seq = o->want_raw_seq;
	/* With several hooks each row says which. */
	run->view.opts.want_all = o->is_verbose || run->plan.nr_parts > 1;
	terminal_detect(STDOUT_FILENO, &run->view.opts);
	return 0;
}

static void run_free(struct run *run)
{
	size_t i;

	if (run->tool->close)
		run->tool->close(run->tool->arg);
	watch_free(run->watch);
	session_close(&run->session);
	if (run->cost_fd >= 0)
		close(run->cost_fd);
	for (i = 0; i <= SESSION_PARTS; i++)
		image_free(run->images[i]);
	iface_table_free(run->ifaces);
	engine_close(&run->engine);
}

static void parts_fill(struct run *run, const struct run_program *programs,
		       size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		run->plan.parts[i] = (struct session_part){
			.ops = programs[i].hook,
			.img = run->images[i],
			.prog_prefix = run->opts->prog_prefix,
			.prog_flags = programs[i].prog_flags,
		};
	run->plan.nr_parts = nr;
	run->nr_programs = nr;
}

static void plan_make(struct run *run)
{
	const struct run_opts *o = run->opts;
	size_t i;

	run->plan.where = (struct hook_where){
		.netns = -1,
		.want_out = o->want_out,
	};
	run->plan.events = (struct events_opts){
		.pages = o->pages ?: events_default_pages(),
		.wakeup = o->wakeup,
		.flush_ns = FLUSH_NS,
		.arrived = run->tool->arrived ? run_arrived : NULL,
		.fn = run_event,
		.batch_end = run_batch_end,
		.arg = run,
		.settle_ns = run->tool->settle_ns,
	};
	run->plan.reads = run->tool->reads;
	for (i = 0; i < o->ifnames.nr; i++)
		run->plan.ifnames[i] = o->ifnames.name[i];
}

static int tool_open(struct run *run)
{
	return run->tool->open ? run->tool->open(run->tool->arg, run) : 0;
}

static int watch_begin(struct run *run, const struct run_program *programs)
{
	if (!run->opts->want_watch)
		return 0;
	run->watch = watch_new(run, programs);
	return run->watch ? 0 : -EIO;
}

/* Compiled, loaded, attached. 0 or -errno, said. */
static int run_begin(struct run *run, const struct run_program *programs,
		     size_t nr, size_t nr_extra)
{
	struct compile_report report = {};
	int ret;

	if (nr_extra && programs[nr].without) {
		run->late = &programs[nr];
		nr_extra = 0;
	}
	ret = images_get(run->opts, programs, nr + nr_extra, run->images,
			 &report);
	if (ret)
		return ret;
	parts_fill(run, programs, nr);
	ret = run_prepare(run);
	if (!ret)
		ret = tool_open(run);
	if (!ret)
		ret = run_start(run, &report);
	return ret ?: watch_begin(run, programs);
}

int run_trace(const struct run_opts *o, const struct run_tool *tool,
	      const struct run_program *programs, size_t nr, size_t nr_extra)
{
	struct run *run = calloc(1, sizeof(*run));
	int ret = -EIO;

	if (!run) {
		log_err("%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	run->opts = o;
	run->tool = tool;
	run->cost_fd = -1;
	run->engine.netns = -1;
	plan_make(run);
	if (!run_begin(run, programs, nr, nr_extra))
		ret = run_until_end(run);
	run_free(run);
	free(run);
	return ret;
}
