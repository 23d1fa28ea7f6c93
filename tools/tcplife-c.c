// SPDX-License-Identifier: GPL-2.0
/*
 * tcplife-c shows each TCP connection of this machine when it has ended: how
 * long it was, what went each way, and who ended it and how. Nothing runs for
 * a packet, only when a connection changes its state.
 */
#include <stdlib.h>

#include "base/strbuf.h"
#include "front/filter_opts.h"
#include "front/front.h"
#include "kernel/tracepoint.h"
#include "view/life.h"

struct options {
	struct filter filter;
	uint32_t max_connections;
	bool want_states;
	struct run_opts common;
};

static struct options options = {
	.max_connections = 65536,
	.common = {FRONT_DEFAULTS},
};

#define O(field, key, name, arg, parse, ...) \
	OPT(struct options, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt opts[] = {
	FILTER_ENDS(NULL),
	FILTER_FAMILIES,
	O(want_states, 0, "states", NULL, opt_true,
	  .help = "show each change of state, and the time before it",
	  .more = "Listening sockets and failed attempts to connect show too."),
	O(max_connections, 0, "max-connections", "N", opt_u32, .min = 1024,
	  .max = 16777216, .help = "remember N at once (default: 65536, 8 MB)",
	  .more = "With more, those without a change of state for longest are "
		  "forgotten, and shown as opened before the start."),
	NETNS_OPT,
	RUN_OPTS("connections"),
	TEXT_OPTS,
	COMPILE_OPTS("30", ""),
	FRONT_INFO_OPTS(common.info),
	OPT_END,
};

static const struct opt_help help = {
	.synopsis = "[OPTION]...",
	.purpose = "Show TCP connections from first to last.",
	.examples =
		"tcplife-c -p 80                # a web server's connections\n"
		"tcplife-c -r 5432 -v           # a client's, every field\n"
		"tcplife-c -p 80 -o json | jq 'select(.how != \"fin\")'\n"
		"tcplife-c --states -R 10.0.0.7 # each step of one peer's\n",
};

static char *macros_text(const struct options *o)
{
	struct strbuf b = {};

	strbuf_printf(&b,
		      "/* What the command line asks for. */\n"
		      "#define NETNS %u\n"
		      "#define MAX_CONNECTIONS %u\n",
		      o->common.place.netns_inum, o->max_connections);
	return strbuf_take(&b, NULL);
}

static char *text(const void *arg, const struct run_program *program)
{
	const struct options *o = arg;
	const struct source_knob knobs[] = {
		{"WANT_STATES", o->want_states},
		{"WANT_READERS", tracepoint_exists("tcp_rcv_space_adjust")},
		{},
	};

	return filter_source("bpf_src/tcplife_tracepoint.c", &o->filter, NULL,
			     macros_text(o), NULL, NULL, knobs);
}

static void take(void *arg, struct run *run, const void *raw, size_t size)
{
	struct life life;

	if (life_decode(raw, size, run_boot_ns(run), &life))
		run_bad(run);
	else
		run_show(run, &life.rec);
}

static int prepare(void *arg, struct parse_err *err)
{
	struct options *o = arg;

	o->common.what = "TCP connections";
	return filter_opts_check(&o->filter, err);
}

static int make(void *arg, struct run_tool *tool, struct run_program *extra,
		size_t *nr_extra)
{
	const struct options *o = arg;

	tool->take = take;
	tool->schema = o->want_states ? &schema_state : &schema_connection;
	return 0;
}

static void release(void *arg)
{
	struct options *o = arg;

	filter_free(&o->filter);
}

static const struct front front = {
	.name = "tcplife-c",
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
