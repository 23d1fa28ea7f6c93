// SPDX-License-Identifier: GPL-2.0
/*
 * tcpwhy-c gives one verdict on each incoming attempt to connect that fails,
 * and what it goes by. Attempts that succeed never reach user space.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/strbuf.h"
#include "front/filter_opts.h"
#include "front/front.h"
#include "front/skb_macros.h"
#include "kernel/attempts.h"
#include "kernel/drop_reason.h"
#include "kernel/kernel_btf.h"
#include "kernel/ksyms.h"
#include "kernel/listener.h"
#include "kernel/tracepoint.h"
#include "maps.h"
#include "view/why.h"

#define SWEEP_NS 250000000ull

struct options {
	struct filter filter;
	uint64_t wait_ns;
	struct run_opts common;

	/* What the run needs beside them. */
	struct run *run;
	struct drop_reasons *reasons;
	struct ksyms *ksyms;
};

static struct options options = {
	.wait_ns = 5000000000,
	.common = {FRONT_DEFAULTS, .what = "failing attempts to connect"},
};

#define O(field, key, name, arg, parse, ...) \
	OPT(struct options, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt opts[] = {
	FILTER_ENDS(NULL),
	FILTER_FAMILIES,
	O(wait_ns, 'W', "wait", "SECONDS", opt_seconds,
	  .help = "what got nowhere in this time has failed (default: 5)",
	  .more = "Counted from the first SYN. What is refused at once shows "
		  "at once."),
	INTERFACE_OPT,
	NETNS_OPT,
	RUN_OPTS("failed attempts"),
	TEXT_OPTS,
	COMPILE_OPTS("30", ""),
	FRONT_INFO_OPTS(common.info),
	OPT_END,
};

static const struct opt_help help = {
	.synopsis = "[OPTION]...",
	.purpose = "Say why incoming attempts to connect fail.",
	.examples = "tcpwhy-c                # all that fail\n"
		    "tcpwhy-c -p 443 -W 2    # to port 443; after two seconds\n"
		    "tcpwhy-c -R 10.0.0.0/8  # from a network\n"
		    "tcpwhy-c -o json | jq -r '.verdict + \" \" + .evidence'\n",
};

/* The macros that the program's text refers to. */
static char *macros_text(const struct options *o)
{
	/* Before 6.14 a reset in the handshake is dropped without a reason. */
	static const char *const reset[] = {"TCP_RESET", "NOT_SPECIFIED", NULL};
	struct strbuf b = {};

	strbuf_str(&b, "/* What the command line asks for. */\n");
	skb_macros_write(&b, &o->common.place, o->reasons);
	if (drop_reason_find(o->reasons, "NOT_SPECIFIED") >= 0)
		skb_macros_reasons(&b, o->reasons, "is_reset", reset);
	else
		strbuf_str(&b, "#define is_reset(reason) 1\n");
	return strbuf_take(&b, NULL);
}

static char *text(const void *arg, const struct run_program *program)
{
	const struct options *o = arg;
	int nr_args = tracepoint_nr_args("kfree_skb");
	const struct source_knob knobs[] = {
		{"WANT_INTERFACES", o->common.ifnames.nr > 0},
		{"WANT_REASON", nr_args >= 3},
		{"WANT_SOCKET", nr_args >= 4},
		{},
	};

	return filter_source("bpf_src/tcpwhy_tracepoint.c", &o->filter, NULL,
			     macros_text(o), NULL, NULL, knobs);
}

/* The listener that the attempt was for: its queue now, unless known better. */
static bool ask_listener(struct options *o, struct why *w)
{
	struct why_attempt *a = &w->attempt;
	struct listener l;

	if (listener_find(run_netns(o->run), w->rec.ip, w->rec.daddr,
			  w->rec.dport, &l))
		return true; /* not known: no verdict from that */
	if (l.exists && !a->has_queue) {
		a->queued = l.queued;
		a->limit = l.limit;
		a->has_queue = 1;
	}
	return l.exists;
}

static void row_finish(struct options *o, struct why *w)
{
	const struct why_attempt *a = &w->attempt;
	const struct ksym *sym = NULL;
	bool has_listener = true;

	w->rec.ifname = run_iface(o->run, a->ifindex)->name;
	if (a->location)
		sym = ksyms_find(o->ksyms, a->location);
	if (sym)
		w->function = sym->name;
	w->rec.reason = a->has_reason ? drop_reason_name(o->reasons, a->reason)
				      : drop_reason_of_function(w->function);
	if (a->how == WHY_NOTHING || (a->how == WHY_DROPPED && !w->rec.reason))
		has_listener = ask_listener(o, w);
	why_judge(w, has_listener);
}

static void take(void *arg, struct run *run, const void *raw, size_t size)
{
	struct options *o = arg;
	struct why w;

	if (why_decode(raw, size, run_boot_ns(run), &w)) {
		run_bad(run);
		return;
	}
	row_finish(o, &w);
	run_show(run, &w.rec);
}

static void got_nowhere(void *arg, const struct why_key *key,
			const struct why_attempt *a)
{
	struct options *o = arg;
	struct why w;

	why_fill(&w, clock_ns(CLOCK_MONOTONIC) + run_boot_ns(o->run), key, a);
	row_finish(o, &w);
	run_show_made(o->run, &w.rec);
}

static void sweep(void *arg, int fd, uint32_t events)
{
	struct options *o = arg;
	int map = session_map(run_session(o->run), 0, attempts_reads);

	if (map < 0)
		return; /* a program of the user's own */
	attempts_sweep(map, clock_ns(CLOCK_MONOTONIC), o->wait_ns, got_nowhere,
		       o);
	run_flush(o->run);
}

static int start(void *arg, struct run *run)
{
	struct options *o = arg;
	int ret;

	o->run = run;
	o->ksyms = ksyms_new(KSYMS_PATH);
	ret = o->ksyms ? loop_timer(run_loop(run), SWEEP_NS, SWEEP_NS, sweep, o)
		       : -ENOMEM;
	if (ret < 0)
		log_err("cannot start: %s", error_words(ret));
	return ret < 0 ? ret : 0;
}

static int prepare(void *arg, struct parse_err *err)
{
	static const char *const needed[] = {
		"consume_skb", "inet_sock_set_state", "tcp_retransmit_synack",
		"tcp_send_reset"};
	struct options *o = arg;
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (kernel_btf() && !tracepoint_exists(needed[i]))
			return parse_fail(err,
					  "this kernel has no tracepoint %s",
					  needed[i]);
	o->reasons = drop_reasons_new(kernel_btf());
	return o->reasons ? filter_opts_check(&o->filter, err) : -ENOMEM;
}

static void release(void *arg)
{
	struct options *o = arg;

	filter_free(&o->filter);
	drop_reasons_free(o->reasons);
	ksyms_free(o->ksyms);
	kernel_btf_drop();
}

static const struct front front = {
	.name = "tcpwhy-c",
	.opts = opts,
	.help = &help,
	.options = &options,
	.common = &options.common,
	.filter = &options.filter,
	.prepare = prepare,
	.text = text,
	.tool =
		{
			.schema = &schema_why,
			.take = take,
			.start = start,
			.reads = attempts_reads,
			.arg = &options,
		},
	.release = release,
};

int main(int argc, char **argv)
{
	return front_main(&front, argc, argv);
}
