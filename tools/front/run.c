// SPDX-License-Identifier: GPL-2.0
#include "front/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/out.h"
#include "front/counts.h"
#include "front/images.h"
#include "kernel/iface.h"
#include "kernel/netns.h"
#include "kernel/session.h"
#include "view/terminal.h"
#include "view/view.h"

#define FLUSH_NS 20000000	 /* a lone packet waits no longer */
#define TICK_NS 1000000000ull	 /* clock offset and interface names anew */
#define GOODBYE_NS 1000000000ull /* for a reader of ours that has stopped */

struct run {
	const struct run_opts *opts;
	const struct run_tool *tool;
	struct session_plan plan;
	struct image
		*images[SESSION_PARTS + 1]; /* of the parts, and the extra */
	struct loop *loop;
	struct session session;
	struct iface_table *ifaces;
	struct out *out;
	struct view view;
	uint64_t boot_ns; /* real-time clock minus CLOCK_MONOTONIC */
	uint64_t nr_rows; /* shown, where -c limits them */
	struct counts counts;
	size_t part; /* whose event is being taken */
	/* Of those named: now, 0 when it is gone; and when compiled. */
	uint32_t ifindex[RUN_INTERFACES], first_ifindex[RUN_INTERFACES];
	size_t nr_programs;
	bool has_failed;
	int out_err;
	bool is_done; /* all that was asked for has come */
	bool is_stopped;
};

/*
 * An interface that goes takes its hooks along; what comes back under its name
 * gets them again, as soon as it is seen.
 */
static void interface_check(struct run *s, size_t i)
{
	const char *name = s->opts->ifnames.name[i];
	uint32_t ifindex = iface_find(s->ifaces, name);
	struct load_error err;
	int ret;

	if (ifindex == s->ifindex[i] || s->is_stopped)
		return;
	s->ifindex[i] = ifindex;
	ret = session_follow(&s->session, name, ifindex, s->first_ifindex[i],
			     &err);
	if (!ifindex)
		log_warn("%s is gone: waiting for another of that name", name);
	else if (ret)
		log_warn("%s is back and not traced as before: %s", name,
			 err.text);
	else
		log_info("%s is back: tracing it again", name);
}

static void interfaces_check(struct run *s)
{
	size_t i;

	for (i = 0; i < s->opts->ifnames.nr; i++)
		interface_check(s, i);
}

static void tick(void *arg, int fd, uint32_t events)
{
	struct run *s = arg;

	interfaces_check(s);
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

void run_flush(struct run *s)
{
	int err = out_flush(s->out);

	if (!err || err == -EINTR || s->out_err)
		return;
	s->out_err = err;
	run_stop(s);
}

/* A row that stands for NR events. */
static void show(struct run *s, struct record *rec, uint64_t nr)
{
	if (!s->tool->has_own_output)
		view_record(&s->view, rec);
	s->counts.recorded += nr;
	if (s->opts->count && ++s->nr_rows == s->opts->count) {
		s->is_done = true;
		run_stop(s);
	}
}

void run_show(struct run *s, struct record *rec)
{
	show(s, rec, 1);
}

void run_show_kept(struct run *s, struct record *rec, uint64_t nr)
{
	s->counts.silent -= nr;
	if (s->is_done)
		s->counts.late += nr;
	else
		show(s, rec, nr);
}

void run_show_made(struct run *s, struct record *rec)
{
	if (s->is_done)
		return;
	s->counts.made++;
	show(s, rec, 1);
}

void run_bad(struct run *s)
{
	s->counts.bad++;
}

uint64_t run_boot_ns(const struct run *s)
{
	return s->boot_ns;
}

const struct iface *run_iface(struct run *s, uint32_t ifindex)
{
	return iface_get(s->ifaces, ifindex);
}

struct loop *run_loop(struct run *s)
{
	return s->loop;
}

struct session *run_session(struct run *s)
{
	return &s->session;
}

void run_filtered(struct run *s)
{
	s->counts.filtered++;
	s->counts.left_out[s->part]++;
}

void run_fail(struct run *s)
{
	s->has_failed = true;
	run_stop(s);
}

const struct image *run_extra_image(const struct run *s)
{
	return s->images[s->nr_programs];
}

int run_netns(const struct run *s)
{
	return s->plan.where.netns;
}

void run_share(struct run *s, const struct loaded *maps)
{
	s->plan.share = maps;
}

static void event_take(void *arg, const void *raw, size_t size)
{
	struct run *s = arg;
	uint64_t before =
		s->counts.recorded + s->counts.bad + s->counts.filtered;

	s->part = s->tool->part ? s->tool->part(s->tool->arg, raw, size) : 0;
	if (s->is_done) {
		s->counts.late++;
		s->counts.left_out[s->part]++;
		return;
	}
	s->tool->take(s->tool->arg, s, raw, size);
	if (s->counts.recorded + s->counts.bad + s->counts.filtered == before)
		s->counts.silent++;
}

static uint64_t summary_make(const struct run *s, struct summary *sum)
{
	*sum = (struct summary){
		.schema = s->tool->schema,
		.try_pages = s->plan.events.pages * 4,
	};
	return counts_sum(&s->counts, &s->session, out_nr_pending(s->out), sum);
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
	if (s->tool->finish)
		s->tool->finish(s->tool->arg, s);
	run_flush(s);
	summary_make(s, &sum);
	if (!s->tool->has_own_output)
		view_end(&s->view, &sum);
	run_flush(s);
	if (s->tool->end)
		s->tool->end(s->tool->arg, s, &sum);
	if (!s->opts->is_quiet)
		summary_print(stderr, &sum, 0);
	if (s->out_err) {
		log_err("cannot write to stdout: %s", strerror(-s->out_err));
		return EXIT_FAILURE;
	}
	if (s->has_failed)
		return EXIT_FAILURE;
	if (s->opts->is_strict &&
	    sum.lost_submit + sum.lost_ring + sum.lost_view)
		return EXIT_LOST;
	return EXIT_SUCCESS;
}

static void batch_end(void *arg)
{
	struct run *s = arg;

	if (s->tool->batch_end)
		s->tool->batch_end(s->tool->arg, s);
	run_flush(s);
}

/* "eth0, eth1" */
static void names_join(const struct name_list *names, char *text, size_t size)
{
	size_t i, len = 0;

	*text = 0;
	for (i = 0; i < names->nr && len < size; i++)
		len += snprintf(text + len, size - len, "%s%s", i ? ", " : "",
				names->name[i]);
}

static void tracing_say(const struct run_opts *o)
{
	char names[RUN_INTERFACES * (IF_NAMESIZE + 2)];

	names_join(&o->ifnames, names, sizeof(names));
	log_info("tracing %s on %s%s%s%s, Ctrl-C to stop", o->what,
		 *names ? names : "all interfaces", o->netns ? " of " : "",
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

static int run_start(struct run *s, const struct compile_report *report)
{
	struct load_error err;
	uint64_t start = clock_ns(CLOCK_MONOTONIC), loaded;
	int ret = session_open(&s->session, &s->plan, s->loop, &err);

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

static int run_loop_until_end(struct run *s)
{
	int ret;

	tick(s, -1, 0);
	if (!s->tool->has_own_output)
		view_begin(&s->view);
	run_flush(s);
	tracing_say(s->opts);
	if (s->tool->start && s->tool->start(s->tool->arg, s))
		return EXIT_FAILURE;
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

static bool run_prepare(struct run *s)
{
	static const struct view_ops *const views[] = {&view_text, &view_json};
	const struct run_opts *o = s->opts;
	size_t i;

	s->loop = loop_new(signal_take, s);
	s->ifaces = iface_table_new(s->plan.where.netns);
	s->out = out_new(STDOUT_FILENO);
	if (!s->loop || !s->ifaces || !s->out) {
		log_err("cannot start: %s", strerror(errno));
		return false;
	}
	for (i = 0; i < o->ifnames.nr; i++)
		s->ifindex[i] = s->first_ifindex[i] =
			iface_find(s->ifaces, o->ifnames.name[i]);
	out_set_stop(s->out, loop_signal_fd(s->loop));
	s->view.ops = views[o->output];
	s->view.schema = s->tool->schema;
	s->view.out = s->out;
	s->view.opts.want_hex = o->want_hex;
	s->view.opts.want_raw_seq = o->want_raw_seq;
	/* With several hooks each row says which. */
	s->view.opts.want_all = o->is_verbose || s->plan.nr_parts > 1;
	s->view.opts.want_owner = s->tool->want_owner;
	terminal_detect(STDOUT_FILENO, &s->view.opts);
	return true;
}

static void run_free(struct run *s)
{
	size_t i;

	if (s->tool->close)
		s->tool->close(s->tool->arg);
	session_close(&s->session);
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
		.fn = event_take,
		.batch_end = batch_end,
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

/* Before 5.11 maps are charged to it, the compile child's too. Best effort. */
static void memory_allow(void)
{
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
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
	memory_allow();
	plan_make(s);
	if (!netns_get(s) &&
	    !images_get(o, programs, nr + nr_extra, s->images, &report)) {
		parts_fill(s, programs, nr);
		if (run_prepare(s) && !tool_open(s) && !run_start(s, &report))
			status = run_loop_until_end(s);
	}
	run_free(s);
	free(s);
	return status;
}
