// SPDX-License-Identifier: GPL-2.0
#include "front/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "front/explain.h"
#include "front/images.h"
#include "front/run_state.h"
#include "maps.h"

#define TICK_NS 1000000000ull	 /* clock offset and interface names anew */
#define GOODBYE_NS 1000000000ull /* for a reader of ours that has stopped */

static void tick(void *arg, int fd, uint32_t events)
{
	struct run *s = arg;

	if (!s->is_stopped) {
		follow_check(&s->follow, &s->session, s->ifaces);
		watch_check(s->watch);
	}
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
	watch_stop(s->watch);
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

const struct iface *run_origin(struct run *s, struct record *rec,
			       uint32_t ifindex)
{
	const struct hook_ops *ops = hook_by_number(rec->hook_number);
	const struct iface *iface;

	if (!ops)
		return NULL;
	iface = run_iface(s, ifindex);
	rec->hook = ops->name;
	rec->ifname = iface->name;
	rec->wirelen += iface->link_len;
	return iface;
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

/* Events wait in memory, signals and the end of -d do not. */
static bool meanwhile(void *arg)
{
	struct run *s = arg;

	events_collect(s->session.events);
	if (s->end_ns && clock_ns(CLOCK_MONOTONIC) >= s->end_ns)
		run_stop(s);
	return !loop_check(s->loop);
}

const struct image *run_extra_image(struct run *s)
{
	if (s->late)
		s->images[s->nr_programs] =
			images_get_late(s->opts, s->late, meanwhile, s);
	s->late = NULL;
	return s->images[s->nr_programs];
}

const char *run_event_lines(const struct run *s)
{
	int i = image_find_map(s->images[0], MAP_EVENTS);

	return i < 0 ? NULL : s->images[0]->types[i].event;
}

void run_show_own(struct run *s, const struct ctype *own)
{
	s->view.own = own;
}

int run_netns(const struct run *s)
{
	return s->plan.where.netns;
}

void run_share(struct run *s, const struct loaded *maps)
{
	s->plan.share = maps;
}

void run_event(void *arg, const void *raw, size_t size)
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
	struct counts_part parts[SESSION_PARTS];
	size_t nr = counts_read(&s->counts, &s->session, parts);

	*sum = (struct summary){
		.schema = s->tool->schema,
		.try_pages = s->plan.events.pages * 4,
	};
	return counts_sum(&s->counts, parts, nr, out_nr_pending(s->out), sum);
}

static void counts_print(const struct run *s)
{
	struct summary sum;
	uint64_t in_flight = summary_make(s, &sum);

	summary_print(stderr, &sum, in_flight);
}

void run_signal(void *arg, int sig)
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
	if (s->opts->want_stats)
		costs_say(&s->session);
	if (s->opts->want_explain && !s->out_err)
		explain_costs(&s->session);
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

void run_arrived(void *arg)
{
	struct run *s = arg;

	s->tool->arrived(s->tool->arg, s);
}

void run_batch_end(void *arg)
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

int run_until_end(struct run *s)
{
	int ret;

	tick(s, -1, 0);
	if (!s->tool->has_own_output)
		view_begin(&s->view);
	run_flush(s);
	tracing_say(s->opts);
	ret = loop_timer(s->loop, TICK_NS, TICK_NS, tick, s);
	if (s->opts->duration_ns)
		s->end_ns = clock_ns(CLOCK_MONOTONIC) + s->opts->duration_ns;
	if (ret >= 0 && s->end_ns)
		ret = loop_timer(s->loop, s->opts->duration_ns, 0,
				 duration_over, s);
	if (ret >= 0 && s->tool->start && s->tool->start(s->tool->arg, s))
		return EXIT_FAILURE;
	if (ret >= 0)
		ret = loop_run(s->loop);
	if (ret < 0) {
		log_err("cannot wait for events: %s", strerror(-ret));
		return EXIT_FAILURE;
	}
	return run_finish(s);
}
