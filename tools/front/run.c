// SPDX-License-Identifier: GPL-2.0
#include "front/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/out.h"
#include "compile/compile.h"
#include "compile/disasm.h"
#include "kernel/iface.h"
#include "kernel/netns.h"
#include "kernel/session.h"
#include "view/flow.h"
#include "view/terminal.h"
#include "view/view.h"

#define FLUSH_NS 20000000	 /* a lone packet waits no longer */
#define TICK_NS 1000000000ull	 /* clock offset and interface names anew */
#define GOODBYE_NS 1000000000ull /* for a reader of ours that has stopped */
#define FLOWS_MAX 65536

struct run {
	const struct run_opts *opts;
	struct loop *loop;
	struct session session;
	struct iface_table *ifaces;
	struct flow_table *flows;
	struct out *out;
	struct view view;
	uint64_t boot_ns; /* real-time clock minus CLOCK_MONOTONIC */
	uint64_t nr_recorded;
	uint64_t nr_late; /* came after the last one that was asked for */
	uint64_t nr_bad;
	int out_err;
	bool is_done; /* all that was asked for has come */
	bool is_stopped;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void tick(void *arg, int fd, uint32_t events)
{
	struct run *s = arg;

	s->boot_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
	iface_table_expire(s->ifaces);
}

static void goodbye(void *arg, int fd, uint32_t events)
{
}

/*
 * No more packets. What is in the buffers still comes, and is written unless
 * the reader of our output has stopped: then we wait for it no longer than a
 * moment. The timer stays readable, for nobody reads it.
 */
static void run_stop(struct run *s)
{
	if (s->is_stopped)
		return;
	s->is_stopped = true;
	session_detach(&s->session);
	loop_stop(s->loop);
	out_set_stop(s->out, loop_timer(s->loop, GOODBYE_NS, 0, goodbye, NULL));
}

static void run_flush(struct run *s)
{
	int err = out_flush(s->out);

	if (!err || err == -EINTR || s->out_err)
		return;
	s->out_err = err;
	run_stop(s);
}

static void event_take(void *arg, const void *raw, size_t size)
{
	struct run *s = arg;
	const struct iface *iface;
	struct record rec;
	uint32_t ifindex;

	if (s->is_done) {
		s->nr_late++;
		return;
	}
	if (record_decode(raw, size, s->boot_ns, &rec, &ifindex)) {
		s->nr_bad++;
		return;
	}
	iface = iface_get(s->ifaces, ifindex);
	rec.ifname = iface->name;
	rec.wirelen += iface->link_len;
	if (s->flows)
		flow_relate(s->flows, &rec);
	view_record(&s->view, &rec);
	s->nr_recorded++;
	if (s->opts->count && s->nr_recorded == s->opts->count) {
		s->is_done = true;
		run_stop(s);
	}
}

/* SUM as of now, and how many events are on their way. */
static uint64_t summary_make(const struct run *s, struct summary *sum)
{
	struct hook_stats st = {};
	uint64_t pending = out_nr_pending(s->out), received;

	session_stats(&s->session, &st);
	if (pending > s->nr_recorded)
		pending = s->nr_recorded; /* the header line is one too */
	received = s->nr_recorded + s->nr_bad + s->nr_late;
	*sum = (struct summary){
		.seen = st.seen - s->nr_late,
		.filtered = st.seen - st.matched,
		.matched = st.matched - s->nr_late,
		.shown = s->nr_recorded - pending,
		.lost_submit = st.submit_failed,
		.lost_ring = st.ring_full,
		.lost_view = s->nr_bad + pending,
		.try_pages = s->session.plan->events.pages * 4,
		.hooks = {{.name = s->session.hooks[0].ops->name,
			   .ifname = s->opts->ifname ?: "",
			   .seen = st.seen - s->nr_late,
			   .matched = st.matched - s->nr_late}},
		.nr_hooks = 1,
	};
	return st.submitted - received;
}

static void counts_print(const struct run *s)
{
	struct summary sum;
	uint64_t in_flight = summary_make(s, &sum);

	summary_print(stderr, &sum, in_flight);
}

static void signal_take(void *arg, int sig)
{
	struct run *s = arg;

	if (sig == SIGUSR1)
		counts_print(s);
	else
		run_stop(s);
}

static void duration_over(void *arg, int fd, uint32_t events)
{
	run_stop(arg);
}

/* Show what is left, then the summary. The exit status. */
static int run_finish(struct run *s)
{
	struct summary sum;

	run_stop(s);
	events_drain(s->session.events);
	summary_make(s, &sum);
	view_end(&s->view, &sum);
	run_flush(s);
	if (!s->opts->is_quiet)
		summary_print(stderr, &sum, 0);
	if (s->out_err) {
		log_err("cannot write to stdout: %s", strerror(-s->out_err));
		return EXIT_FAILURE;
	}
	if (s->opts->is_strict &&
	    sum.lost_submit + sum.lost_ring + sum.lost_view)
		return EXIT_LOST;
	return EXIT_SUCCESS;
}

static void batch_end(void *arg)
{
	run_flush(arg);
}

static void tracing_say(const struct run_opts *o)
{
	log_info("tracing %s on %s%s%s%s, Ctrl-C to stop", o->what,
		 o->ifname ?: "all interfaces", o->netns ? " of " : "",
		 o->netns ?: "", o->source ? " by your own program" : "");
}

static void times_say(const struct compile_report *r, uint64_t load_ns,
		      uint64_t attach_ns)
{
	log_debug("time: cache %.1f ms, headers %.1f ms, compile %.1f ms, "
		  "load %.1f ms, attach %.1f ms",
		  r->cache_ns / 1e6, r->headers_ns / 1e6, r->child_ns / 1e6,
		  load_ns / 1e6, attach_ns / 1e6);
}

static int run_start(struct run *s, const struct image *img,
		     const struct session_plan *plan,
		     const struct compile_report *report)
{
	struct load_error err;
	uint64_t start = clock_ns(CLOCK_MONOTONIC), loaded;
	int ret = session_open(&s->session, img, plan, s->loop, &err);

	loaded = clock_ns(CLOCK_MONOTONIC);
	if (!ret)
		ret = session_attach(&s->session, &err);
	if (ret) {
		log_err("%s", err.text);
		log_block(err.detail ?: "");
		free(err.detail);
		return ret;
	}
	times_say(report, loaded - start, clock_ns(CLOCK_MONOTONIC) - loaded);
	return 0;
}

static int run_loop(struct run *s)
{
	int ret;

	tick(s, -1, 0);
	view_begin(&s->view);
	run_flush(s);
	tracing_say(s->opts);
	ret = loop_timer(s->loop, TICK_NS, TICK_NS, tick, s);
	if (ret >= 0 && s->opts->duration_ns)
		ret = loop_timer(s->loop, s->opts->duration_ns, 0,
				 duration_over, s);
	if (ret >= 0)
		ret = loop_run(s->loop);
	if (ret < 0) {
		log_err("cannot wait for events: %s", strerror(-ret));
		return EXIT_FAILURE;
	}
	return run_finish(s);
}

static bool run_prepare(struct run *s, int netns)
{
	static const struct view_ops *const views[] = {&view_text, &view_json};
	const struct run_opts *o = s->opts;

	s->loop = loop_new(signal_take, s);
	s->ifaces = iface_table_new(netns);
	s->out = out_new(STDOUT_FILENO);
	if (o->output == 0 && !o->want_raw_seq)
		s->flows = flow_table_new(FLOWS_MAX);
	if (!s->loop || !s->ifaces || !s->out ||
	    (!s->flows && o->output == 0 && !o->want_raw_seq)) {
		log_err("cannot start: %s", strerror(errno));
		return false;
	}
	out_set_stop(s->out, loop_signal_fd(s->loop));
	s->view.ops = views[o->output];
	s->view.out = s->out;
	s->view.opts.want_hex = o->want_hex;
	s->view.opts.want_raw_seq = o->want_raw_seq;
	s->view.opts.want_all = o->is_verbose;
	terminal_detect(STDOUT_FILENO, &s->view.opts);
	return true;
}

static void run_free(struct run *s)
{
	session_close(&s->session);
	flow_table_free(s->flows);
	iface_table_free(s->ifaces);
	out_free(s->out);
	loop_free(s->loop);
}

static int image_get(const struct run_opts *o, const char *text,
		     struct image **img, struct compile_report *report)
{
	struct compile_opts copts = {
		.text = text,
		.name = o->source ?: o->text_name,
		.headers = o->headers,
		.want_cache = !o->no_cache,
		.limit_s = o->compile_limit_s,
	};
	struct compile_error err;
	int ret = compile(&copts, img, report, &err);

	if (ret) {
		log_err("%s", err.text);
		if (ret == -EINVAL)
			log_block(err.detail ?: "");
	} else if (report->was_cached) {
		log_debug("image: from the cache");
	} else {
		log_debug("image: compiled, with %zu types from %s",
			  report->nr_types,
			  report->is_btf ? "BTF" : "kernel headers");
	}
	free(err.detail);
	return ret;
}

int run_trace(const struct run_opts *o, const char *text)
{
	struct run s = {.opts = o};
	struct session_plan plan = {
		.hooks = {hooks[o->hook]},
		.where = {.netns = -1,
			  .ifname = o->ifname,
			  .want_out = o->want_out},
		.events = {.pages = o->pages ?: events_default_pages(),
			   .wakeup = o->wakeup,
			   .flush_ns = FLUSH_NS,
			   .fn = event_take,
			   .batch_end = batch_end,
			   .arg = &s},
	};
	struct compile_report report;
	struct image *img = NULL;
	int status = EXIT_FAILURE;
	char err[256];

	if (o->netns) {
		plan.where.netns = netns_open(o->netns, err, sizeof(err));
		if (plan.where.netns < 0) {
			log_err("%s", err);
			return EXIT_FAILURE;
		}
	}
	if (!image_get(o, text, &img, &report) &&
	    run_prepare(&s, plan.where.netns) &&
	    !run_start(&s, img, &plan, &report))
		status = run_loop(&s);
	run_free(&s);
	image_free(img);
	if (plan.where.netns >= 0)
		close(plan.where.netns);
	return status;
}

int run_print_bytecode(const struct run_opts *o, const char *text)
{
	struct compile_report report;
	struct image *img;
	int ret = image_get(o, text, &img, &report);

	if (ret)
		return EXIT_FAILURE;
	ret = disasm_print(stdout, img);
	image_free(img);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
