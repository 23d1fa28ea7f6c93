// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop-c shows each TCP segment that comes into this machine. Its options
 * become a C program that is compiled at launch and runs in the kernel, so
 * that nothing but what was asked for ever leaves it.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "compile/expr.h"
#include "front/filter_opts.h"
#include "front/front.h"
#include "front/segment.h"
#include "front/skb_macros.h"

struct options {
	struct filter filter;
	struct pcap_filter pcap;
	struct segment_opts segment;
	struct capture_opts capture;
	struct run_opts common;
	struct segments *segments;
};

static struct options options = {
	.filter = {.expr_is_packets = true},
	.segment = {SEGMENT_DEFAULTS},
	.capture = {CAPTURE_DEFAULTS},
	.common = {FRONT_DEFAULTS},
};

static const char *const direction_names[] = {"in", "out", "both", NULL};

static int parse_syn(const struct opt *o, const char *arg, void *field,
		     struct parse_err *err)
{
	return opt_flags(o, "syn,!ack", field, err);
}

#define O(field, key, name, arg, parse, ...) \
	OPT(struct options, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt opts[] = {
	FILTER_ENDS("The destination port of incoming and the source port of "
		    "outgoing segments."),
	O(filter.direction, 'D', "direction", "in|out|both", opt_choice,
	  .help = "incoming (default), outgoing or all segments",
	  .choices = direction_names),
	FILTER_FLAGS,
	O(filter.flags, 0, "syn", NULL, parse_syn,
	  .help = "attempts to connect: short for -f syn,!ack"),
	FILTER_FAMILIES,
	FILTER_EXPR,
	O(segment.pid, 'P', "pid", "PID", opt_u32, .min = 1, .max = 4194304,
	  .help = "packets of this process only",
	  .more = "By the socket they belong to; a packet of no known process "
		  "does not show."),
	O(segment.comm, 'n', "comm", "NAME", opt_string,
	  .help = "packets of processes of this name only (15 characters)"),
	O(segment.cgroup, 0, "cgroup", "PATH", opt_string,
	  .help = "packets of processes below this cgroup only",
	  .more = "A path in the cgroup v2 tree: /system.slice/nginx.service."),
	O(segment.no_owner, 0, "no-owner", NULL, opt_true,
	  .help = "do not find out which process a packet belongs to"),
	O(segment.max_flows, 0, "max-flows", "N", opt_u32, .min = 1,
	  .max = 16777216,
	  .help = "relate numbers of N flows at once (default: 65536, 4 MB)",
	  .more = "With more, those without a segment for longest are "
		  "forgotten: the next one shows its sequence and "
		  "acknowledgement numbers as they are. A flow takes 64 bytes. "
		  "Nothing is kept with -S and -o json."),
	CAPTURE_OPTS,
	HEX_OPT,
	RAW_SEQ_OPT,
	HOOK_OPT,
	INTERFACE_OPT,
	NETNS_OPT,
	RUN_OPTS("packets"),
	TEXT_OPTS,
	FIELDS_OPT,
	COMPILE_OPTS("30", ""),
	FRONT_INFO_OPTS(common.info),
	OPT_END,
};

static const struct opt_help help = {
	.synopsis = "[OPTION]... [PCAP-FILTER...]",
	.purpose = "Show the TCP segments that come into this machine.",
	.examples =
		"tcpsnoop-c -p 80               # what comes in to port 80\n"
		"tcpsnoop-c -p 80 --syn         # attempts to connect to it\n"
		"tcpsnoop-c -R 10.0.0.0/8 -c 10 # ten segments from a network\n"
		"tcpsnoop-c 'net 10.0.0.0/8 and tcp[tcpflags] & tcp-syn != 0'\n"
		"tcpsnoop-c -D both -r 443 -x   # a client's talk, with bytes\n"
		"tcpsnoop-c -p 8000-8100 -o json | jq .saddr\n"
		"tcpsnoop-c -N web -i eth0      # inside a namespace\n",
};

static void owner_macros(struct strbuf *b, const struct segment_opts *o)
{
	uint64_t comm[2] = {};

	if (o->pid)
		strbuf_printf(b, "#define OWNER_PID %u\n", o->pid);
	if (!o->comm)
		return;
	strncpy((char *)comm, o->comm, sizeof(comm) - 1);
	strbuf_printf(b,
		      "#define OWNER_COMM_0 0x%llxULL\n"
		      "#define OWNER_COMM_1 0x%llxULL\n",
		      (unsigned long long)comm[0], (unsigned long long)comm[1]);
}

/* The macros that the program's text refers to, and what hangs on them. */
static char *macros_text(const struct options *o, const struct hook_ops *hook)
{
	const struct place *place = &o->common.place;
	uint32_t caplen = capture_len(&o->capture, o->common.want_hex);
	struct strbuf b = {};

	strbuf_printf(&b,
		      "/* What the command line asks for. */\n"
		      "#define DIRECTION DIR_%s\n",
		      o->filter.direction == FILTER_OUT ? "OUT" : "IN");
	if (caplen)
		strbuf_printf(&b, "#define PAYLOAD_MAX %u\n", caplen);
	owner_macros(&b, &o->segment);
	if (hook->has_link_header)
		strbuf_printf(&b, "#define LINK_LEN %u\n", place->link_len);
	if (hook == &hook_tracepoint || hook == &hook_tcp)
		skb_macros_place(&b, place);
	return strbuf_take(&b, NULL);
}

/* Frames of several buffers: where the kernel has the helpers for them. */
static bool has_xdp_frags(void)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP,
				       BPF_FUNC_xdp_load_bytes, NULL) == 1;
}

#define BATCH_CAPLEN 256 /* bytes of a packet */

/* Whether events wait for others: few bytes of packets may, at these hooks. */
static bool has_batches(const struct options *o, uint32_t caplen)
{
	const struct hook_list *list = &o->common.hooks;
	size_t i;

	for (i = 0; caplen && i < list->nr; i++)
		if (list->ops[i] != &hook_socket && list->ops[i] != &hook_tc)
			return false;
	return caplen <= BATCH_CAPLEN;
}

static char *text(const void *arg, struct run_program *program)
{
	const struct options *o = arg;
	const struct hook_ops *hook = program->hook;
	uint32_t caplen = capture_len(&o->capture, o->common.want_hex);
	bool has_frags = hook == &hook_xdp && has_xdp_frags();
	const struct source_knob knobs[] = {
		{"WANT_IN", o->filter.direction != FILTER_OUT},
		{"WANT_OUT", o->filter.direction != FILTER_IN},
		{"WANT_BOTH", o->filter.direction == FILTER_BOTH},
		{"WANT_PAYLOAD", caplen > 0},
		{"WANT_BATCH", has_batches(o, caplen)},
		{"WANT_OWNER", segment_opts_want_owner(&o->segment)},
		{"WANT_OWNER_PID", o->segment.pid > 0},
		{"WANT_OWNER_COMM", o->segment.comm != NULL},
		{"WANT_OWNER_CGROUP", o->segment.cgroup != NULL},
		{"WANT_LINK", o->common.place.link_len > 0},
		{"WANT_FRAGS", has_frags},
		{"WANT_INTERFACES", o->common.ifnames.nr > 0},
		{},
	};
	bool links[PCAP_LINKS];
	char path[64];

	snprintf(path, sizeof(path), "bpf_src/tcpsnoop_%s.c", hook->name);
	if (has_frags)
		program->prog_flags = BPF_F_XDP_HAS_FRAGS;
	filter_links(&o->common, links);
	return filter_source(path, &o->filter, program->name,
			     macros_text(o, hook),
			     o->pcap.words ? &o->pcap : NULL, links, knobs);
}

static int prepare(void *arg, struct parse_err *err)
{
	static const char *const what[] = {
		[FILTER_IN] = "incoming TCP",
		[FILTER_OUT] = "outgoing TCP",
		[FILTER_BOTH] = "incoming and outgoing TCP",
	};
	struct options *o = arg;

	o->common.what = what[o->filter.direction];
	o->common.want_out = o->filter.direction != FILTER_IN;
	if (o->segment.no_owner && segment_opts_want_owner(&o->segment))
		return parse_fail(err, "--no-owner does not go with -P, -n and "
				       "--cgroup");
	/* What knows the packet comes later than a first look at its headers. */
	if (o->filter.expr)
		o->filter.expr_is_packets = expr_needs_packet(o->filter.expr);
	return capture_opts_check(&o->capture, err)
		       ?: filter_opts_check(&o->filter, err);
}

static int words(void *arg, char *const *argv, struct parse_err *err)
{
	struct options *o = arg;

	o->pcap.words = pcap_join(argv);
	return o->pcap.words ? 0 : -ENOMEM;
}

static int placed(void *arg, struct parse_err *err)
{
	struct options *o = arg;
	bool links[PCAP_LINKS];

	if (!o->pcap.words)
		return 0;
	filter_links(&o->common, links);
	return pcap_filter_make(&o->pcap, links, o->common.compile_limit_s,
				err);
}

static int make(void *arg, struct run_tool *tool, struct run_program *extra,
		size_t *nr_extra)
{
	struct options *o = arg;
	struct filter others = o->filter;

	others.local_ports = (struct range_set){};
	o->segment.local_ports = &o->filter.local_ports;
	o->segment.is_narrow = filter_is_narrow(&others) || o->pcap.words;
	o->segment.capture = &o->capture;
	o->capture.filter = o->pcap.words;
	o->segments = segments_new(&o->segment, &o->common);
	if (!o->segments)
		return -ENOMEM;
	segments_tool(o->segments, tool, extra, nr_extra);
	return 0;
}

static void release(void *arg)
{
	struct options *o = arg;

	segments_free(o->segments);
	filter_free(&o->filter);
	pcap_filter_free(&o->pcap);
}

static const struct front front = {
	.name = "tcpsnoop-c",
	.opts = opts,
	.help = &help,
	.options = &options,
	.common = &options.common,
	.filter = &options.filter,
	.pcap = &options.pcap,
	.prepare = prepare,
	.words = words,
	.placed = placed,
	.text = text,
	.make = make,
	.fields = EXPR_PACKET,
	.hooks = hooks,
	.release = release,
};

int main(int argc, char **argv)
{
	return front_main(&front, argc, argv);
}
