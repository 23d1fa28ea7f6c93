// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdrop-c shows each incoming TCP segment that the kernel drops, with the
 * kernel's own reason for it, the function where it happened, and what that
 * usually means. Repeats are folded and counted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/error.h"
#include "base/loop.h"
#include "base/strbuf.h"
#include "front/capture.h"
#include "front/filter_opts.h"
#include "front/front.h"
#include "front/skb_macros.h"
#include "kernel/drop_reason.h"
#include "kernel/kernel_btf.h"
#include "kernel/ksyms.h"
#include "kernel/tracepoint.h"
#include "view/drop.h"
#include "view/fold.h"

#define FOLD_MAX 16384 /* flows that may repeat at a time, 4 MB */
#define EXPLAINED_MAX 64

struct options {
	struct filter filter;
	struct capture_opts capture;
	uint64_t interval_ns;
	struct run_opts common;

	/* What the run needs beside them. */
	struct run *run;
	struct drop_reasons *reasons;
	struct ksyms *ksyms;
	struct fold *fold;
	struct capture *file;
	const char *explained[EXPLAINED_MAX];
	size_t nr_explained;
};

static struct options options = {
	.capture = {CAPTURE_DEFAULTS},
	.interval_ns = 1000000000,
	.common = {FRONT_DEFAULTS, .what = "dropped incoming TCP"},
};

#define O(field, key, name, arg, parse, ...) \
	OPT(struct options, field, key, name, arg, parse, __VA_ARGS__)

static int parse_all(const struct opt *o, const char *arg, void *field,
		     struct parse_err *err)
{
	*(uint64_t *)field = 0;
	return 0;
}

static const struct opt opts[] = {
	FILTER_ENDS("The destination port."),
	FILTER_FLAGS,
	FILTER_FAMILIES,
	FILTER_EXPR,
	O(interval_ns, 'I', "interval", "SECONDS", opt_seconds,
	  .help = "count repeats for this time (default: 1)",
	  .more = "The first drop of a flow, reason and function shows at "
		  "once, its repeats as one row at the end of the interval."),
	O(interval_ns, 'a', "all", NULL, parse_all,
	  .help = "a row for each drop: nothing is folded"),
	CAPTURE_OPTS,
	HEX_OPT,
	INTERFACE_OPT,
	NETNS_OPT,
	RUN_OPTS("drops"),
	TEXT_OPTS,
	FIELDS_OPT,
	COMPILE_OPTS("30", ""),
	FRONT_INFO_OPTS(common.info),
	OPT_END,
};

static const struct opt_help help = {
	.synopsis = "[OPTION]...",
	.purpose = "Show the incoming TCP segments that the kernel drops, and "
		   "why.",
	.examples =
		"tcpdrop-c                # all of them, repeats counted\n"
		"tcpdrop-c -p 443 -v      # to port 443, with all that is known\n"
		"tcpdrop-c -f syn,!ack    # attempts to connect\n"
		"tcpdrop-c -o json | jq -r .reason\n"
		"tcpdrop-c -w drops.pcapng # for Wireshark, with the reasons\n"
		"tcpdrop-c -N web -d 60   # inside a namespace, for a minute\n",
};

/* The macros that the program's text refers to. */
static char *macros_text(const struct options *o)
{
	static const char *const taking[] = {"QUEUE_PURGE", "NOT_SPECIFIED",
					     NULL};
	uint32_t caplen = capture_len(&o->capture, o->common.want_hex);
	struct strbuf b = {};

	strbuf_str(&b, "/* What the command line asks for. */\n");
	if (caplen)
		strbuf_printf(&b, "#define PAYLOAD_MAX %u\n", caplen);
	skb_macros_write(&b, &o->common.place, o->reasons);
	skb_macros_reasons(&b, o->reasons, "is_taking", taking);
	return strbuf_take(&b, NULL);
}

/* Kernels pass (skb, location), then reason too (5.17), then rx_sk (6.11). */
static char *text(const void *arg, const struct run_program *program)
{
	const struct options *o = arg;
	int nr_args = tracepoint_nr_args("kfree_skb");
	const struct source_knob knobs[] = {
		{"WANT_INTERFACES", o->common.ifnames.nr > 0},
		{"WANT_PAYLOAD", capture_len(&o->capture, o->common.want_hex)},
		{"WANT_REASON", nr_args >= 3},
		{"WANT_SOCKET", nr_args >= 4},
		{},
	};

	return filter_source("bpf_src/tcpdrop_tracepoint.c", &o->filter, NULL,
			     macros_text(o), NULL, NULL, knobs);
}

/* Once for each reason, for people: programs have it in each record. */
static void explain(struct options *o, const struct drop *d)
{
	size_t i;

	if (!views[o->common.output]->is_for_people || !d->meaning)
		return;
	for (i = 0; i < o->nr_explained; i++)
		if (o->explained[i] == d->meaning)
			return;
	if (i == EXPLAINED_MAX)
		return;
	o->explained[o->nr_explained++] = d->meaning;
	log_info("%s: %s", d->rec.reason, d->meaning);
}

/* The row of an event, which came from *IFACE, or -EBADMSG. */
static int row_make(struct options *o, const void *raw, size_t size,
		    struct drop *d, const struct iface **iface)
{
	const struct ksym *sym;
	uint32_t ifindex;

	if (drop_decode(raw, size, run_boot_ns(o->run), d, &ifindex))
		return -EBADMSG;
	*iface = run_origin(o->run, &d->rec, ifindex);
	if (!*iface)
		return -EBADMSG;
	d->rec.has_netns = o->file;
	d->rec.netns = o->common.place.netns_inum;
	sym = ksyms_find(o->ksyms, d->location);
	if (sym) {
		d->function = sym->name;
		d->offset = d->location - sym->start;
	}
	d->rec.reason = d->has_reason ? drop_reason_name(o->reasons, d->reason)
				      : drop_reason_of_function(d->function);
	if (d->rec.reason)
		d->meaning = drop_meaning(d->rec.reason);
	explain(o, d);
	return 0;
}

static void take(void *arg, struct run *run, const void *raw, size_t size)
{
	struct options *o = arg;
	const struct iface *iface;
	struct drop d;

	/* What is kept back must be a row later. */
	if (row_make(o, raw, size, &d, &iface)) {
		run_bad(run);
		return;
	}
	capture_write(o->file, run, &d.rec, iface);
	if (!o->interval_ns || !fold_take(o->fold, raw))
		run_show(run, &d.rec);
}

static void show_repeats(void *arg, const struct drop_event *last,
			 uint64_t count)
{
	struct options *o = arg;
	const struct iface *iface;
	struct drop d;

	row_make(o, last, sizeof(*last), &d, &iface);
	d.count = count;
	run_show_kept(o->run, &d.rec, count);
}

static void interval_over(void *arg, int fd, uint32_t events)
{
	struct options *o = arg;

	fold_flush(o->fold);
	run_flush(o->run);
}

static int open_file(void *arg, struct run *run)
{
	struct options *o = arg;

	return capture_open(&o->file, &o->capture, &o->common.hooks, run);
}

static int start(void *arg, struct run *run)
{
	struct options *o = arg;
	int ret = 0;

	o->run = run;
	o->ksyms = ksyms_new(KSYMS_PATH);
	o->fold = fold_new(FOLD_MAX, show_repeats, o);
	if (!o->ksyms || !o->fold)
		ret = -ENOMEM;
	else if (o->interval_ns)
		ret = loop_timer(run_loop(run), o->interval_ns, o->interval_ns,
				 interval_over, o);
	if (ret < 0)
		log_err("cannot start: %s", error_words(ret));
	return ret < 0 ? ret : 0;
}

static void finish(void *arg, struct run *run)
{
	struct options *o = arg;

	fold_flush(o->fold);
}

static void batch_end(void *arg, struct run *run)
{
	struct options *o = arg;

	capture_flush(o->file, run);
}

static void end(void *arg, struct run *run, const struct summary *sum)
{
	struct options *o = arg;

	capture_end(o->file, run, sum);
}

static int make(void *arg, struct run_tool *tool, struct run_program *extra,
		size_t *nr_extra)
{
	struct options *o = arg;

	*tool = (struct run_tool){
		.schema = &schema_drop,
		.open = open_file,
		.start = start,
		.take = take,
		.batch_end = batch_end,
		.finish = finish,
		.end = end,
		.arg = o,
		.has_own_output = capture_is_stdout(&o->capture),
	};
	return 0;
}

static int prepare(void *arg, struct parse_err *err)
{
	struct options *o = arg;

	int ret = capture_opts_check(&o->capture, err);

	if (ret)
		return ret;
	o->reasons = drop_reasons_new(kernel_btf());
	return o->reasons ? filter_opts_check(&o->filter, err) : -ENOMEM;
}

static void release(void *arg)
{
	struct options *o = arg;

	capture_free(o->file);
	filter_free(&o->filter);
	drop_reasons_free(o->reasons);
	ksyms_free(o->ksyms);
	fold_free(o->fold);
	kernel_btf_drop();
}

static const struct front front = {
	.name = "tcpdrop-c",
	.opts = opts,
	.help = &help,
	.options = &options,
	.common = &options.common,
	.filter = &options.filter,
	.prepare = prepare,
	.text = text,
	.make = make,
	.release = release,
};

int main(int argc, char **argv)
{
	return front_main(&front, argc, argv);
}
