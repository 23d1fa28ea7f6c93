// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop-c shows each TCP segment that comes into this machine. Its options
 * become a C program that is compiled at launch and runs in the kernel, so
 * that nothing but what was asked for ever leaves it.
 */
#include <errno.h>

#include "front/filter_opts.h"
#include "front/front.h"
#include "front/segment.h"
#include "front/segment_tool.h"

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

#define O(field, key, name, arg, parse, ...) \
	OPT(struct options, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt opts[] = {
	FILTER_ENDS("The destination port of incoming and the source port of "
		    "outgoing segments."),
	FILTER_DIRECTION,
	FILTER_FLAGS,
	FILTER_SYN,
	FILTER_FAMILIES,
	FILTER_EXPR,
	SEGMENT_OWNER_OPTS,
	O(segment.max_owners, 0, "max-owners", "N", opt_u32, .min = 1024,
	  .max = 16777216,
	  .help = "know the processes of N connections (default: by memory)",
	  .more = "Each end on this machine counts, listening sockets too. A "
		  "connection takes up to 256 bytes of the kernel's memory "
		  "while it is there; by default all take a 32nd of the "
		  "machine's. Of more than that the process is not known."),
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

static struct segment_tool tool = {
	.filter = &options.filter,
	.pcap = &options.pcap,
	.segment = &options.segment,
	.capture = &options.capture,
	.common = &options.common,
};

static int prepare(void *arg, struct parse_err *err)
{
	return segment_prepare(&tool, err);
}

static int words(void *arg, char *const *argv, struct parse_err *err)
{
	return segment_words(&tool, argv, err);
}

static int placed(void *arg, struct parse_err *err)
{
	return segment_placed(&tool, err);
}

static char *text(const void *arg, const struct run_program *program)
{
	return segment_text(&tool, program);
}

static int make(void *arg, struct run_tool *run_tool, struct run_program *extra,
		size_t *nr_extra)
{
	struct options *o = arg;

	o->segments = segments_new(&tool);
	if (!o->segments)
		return -ENOMEM;
	return segments_tool(o->segments, run_tool, extra, nr_extra);
}

static void release(void *arg)
{
	struct options *o = arg;

	segments_free(o->segments);
	segment_release(&tool);
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
