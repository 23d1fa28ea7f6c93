// SPDX-License-Identifier: GPL-2.0
#include "front/run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "front/explain.h"
#include "front/images.h"
#include "front/run_state.h"
#include "maps.h"

#define TICK_NS 1000000000ull	  /* clock offset and interface names anew */
#define PATIENCE_NS 2000000000ull /* or short runs' last image is never kept */

static void tick(void *arg, int fd, uint32_t events)
{
	struct run *run = arg;

	if (!run->engine.is_stopped) {
		follow_check(&run->follow, &run->session, run->ifaces);
		watch_check(run->watch);
	}
	run->boot_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
	iface_table_expire(run->ifaces);
}

/* No more packets. */
static void stop(void *arg)
{
	struct run *run = arg;

	watch_stop(run->watch);
	session_detach(&run->session);
}

void run_flush(struct run *run)
{
	engine_flush(&run->engine);
}

/* A row that stands for NR events. */
static void show(struct run *run, struct record *rec, uint64_t nr)
{
	if (!run->tool->has_own_output)
		view_record(&run->view, rec);
	run->counts.recorded += nr;
	engine_shown(&run->engine);
}

void run_show(struct run *run, struct record *rec)
{
	show(run, rec, 1);
}

void run_show_kept(struct run *run, struct record *rec, uint64_t nr)
{
	run->counts.silent -= nr;
	if (run->engine.is_done)
		run->counts.out[run->part].late += nr;
	else
		show(run, rec, nr);
}

void run_show_made(struct run *run, struct record *rec)
{
	if (run->engine.is_done)
		return;
	run->counts.made++;
	show(run, rec, 1);
}

void run_bad(struct run *run)
{
	run->counts.bad++;
}

uint64_t run_boot_ns(const struct run *run)
{
	return run->boot_ns;
}

const struct iface *run_iface(struct run *run, uint32_t ifindex)
{
	return iface_get(run->ifaces, ifindex);
}

const struct iface *run_origin(struct run *run, struct record *rec,
			       uint32_t ifindex)
{
	const struct hook_ops *ops = hook_by_number(rec->hook_number);
	const struct iface *iface;

	if (!ops)
		return NULL;
	iface = run_iface(run, ifindex);
	rec->hook = ops->name;
	rec->ifname = iface->name;
	rec->wirelen += iface->link_len;
	return iface;
}

struct loop *run_loop(struct run *run)
{
	return run->engine.loop;
}

struct session *run_session(struct run *run)
{
	return &run->session;
}

void run_unowned(struct run *run)
{
	run->counts.unowned++;
}

void run_filtered(struct run *run)
{
	run->counts.out[run->part].filtered++;
}

void run_fail(struct run *run)
{
	engine_fail(&run->engine);
}

/* Events wait in memory, signals and the end of -d do not. */
static bool meanwhile(void *arg)
{
	struct run *run = arg;

	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	events_collect(run->session.events);
	if (engine_check(&run->engine))
		return true;
	if (!run->patience_ns)
		run->patience_ns = now + PATIENCE_NS;
	return !run->engine.is_interrupted && now < run->patience_ns;
}

const struct image *run_extra_image(struct run *run)
{
	if (run->late)
		run->images[run->nr_programs] =
			images_get_late(run->opts, run->late, meanwhile, run);
	run->late = NULL;
	return run->images[run->nr_programs];
}

const char *run_event_lines(const struct run *run)
{
	int i = image_find_map(run->images[0], MAP_EVENTS);

	return i < 0 ? NULL : run->images[0]->types[i].event;
}

void run_show_own(struct run *run, const struct ctype *own)
{
	run->view.own = own;
}

int run_netns(const struct run *run)
{
	return run->engine.netns;
}

void run_share(struct run *run, const struct loaded *maps)
{
	run->plan.share = maps;
}

/* Moves when an event of this part becomes a row, is bad, is filtered out or
 * has no known owner. */
static uint64_t nr_ended(const struct run *run)
{
	return run->counts.recorded + run->counts.bad + run->counts.unowned +
	       run->counts.out[run->part].filtered;
}

void run_event(void *arg, const void *raw, size_t size)
{
	struct run *run = arg;
	uint64_t before;

	run->part = run->tool->part ? run->tool->part(run->tool->arg, raw, size)
				    : 0;
	if (run->engine.is_done) {
		run->counts.out[run->part].late++;
		return;
	}
	before = nr_ended(run);
	run->tool->take(run->tool->arg, run, raw, size);
	if (nr_ended(run) == before)
		run->counts.silent++;
}

static uint64_t summary_make(const struct run *run, struct summary *sum)
{
	struct counts_part parts[SESSION_PARTS];
	size_t nr = counts_read(&run->counts, &run->session, parts);

	*sum = (struct summary){
		.schema = run->tool->schema,
		.needs_owner = run->tool->needs_owner,
		.try_pages = run->plan.events.pages * 4,
	};
	return counts_sum(&run->counts, parts, nr,
			  out_nr_pending(run->engine.out), sum);
}

static void counts_print(void *arg)
{
	const struct run *run = arg;
	struct summary sum;
	uint64_t in_flight = summary_make(run, &sum);

	summary_print(stderr, &sum, in_flight);
}

const struct engine_ops run_engine_ops = {
	.stop = stop,
	.report = counts_print,
};

/* Show what is left, then the summary. As run_trace(). */
static int run_finish(struct run *run)
{
	struct summary sum;

	engine_stop(&run->engine);
	events_drain(run->session.events);
	if (run->tool->finish)
		run->tool->finish(run->tool->arg, run);
	run_flush(run);
	summary_make(run, &sum);
	if (!run->tool->has_own_output)
		view_end(&run->view, &sum);
	run_flush(run);
	if (run->tool->end)
		run->tool->end(run->tool->arg, run, &sum);
	if (!run->opts->is_quiet)
		summary_print(stderr, &sum, 0);
	if (run->opts->want_stats)
		costs_say(&run->session);
	if (run->opts->want_explain && !run->engine.out_err) {
		explain_costs(&run->session);
		explain_account(&sum);
	}
	return engine_end(&run->engine, summary_lost(&sum));
}

void run_arrived(void *arg)
{
	struct run *run = arg;

	run->tool->arrived(run->tool->arg, run);
}

void run_batch_end(void *arg)
{
	struct run *run = arg;

	if (run->tool->batch_end)
		run->tool->batch_end(run->tool->arg, run);
	run_flush(run);
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

/* What goes on beside the events. 0 or -errno. */
static int timers_start(struct run *run)
{
	int ret = loop_timer(run->engine.loop, TICK_NS, TICK_NS, tick, run);

	return ret < 0 ? ret : engine_start(&run->engine);
}

int run_until_end(struct run *run)
{
	int ret;

	tick(run, -1, 0);
	if (!run->tool->has_own_output)
		view_begin(&run->view);
	run_flush(run);
	tracing_say(run->opts);
	ret = timers_start(run);
	if (ret)
		log_err("cannot start: %s", error_words(ret));
	else if (run->tool->start)
		ret = run->tool->start(run->tool->arg, run);
	if (!ret)
		ret = engine_run(&run->engine);
	return ret ? -EIO : run_finish(run);
}
