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

#include "compile/expr.h"
#include "compile/filter.h"
#include "compile/source.h"
#include "front/front.h"

struct options {
	struct filter filter;
	struct run_opts common;
};

static struct options options = {
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
	O(filter.local_ports, 'p', "port", "LIST", opt_ports,
	  .help = "local port(s): 80, 80,443 or 8000-8100",
	  .more = "The destination port of incoming and the source port of "
		  "outgoing segments."),
	O(filter.remote_ports, 'r', "remote-port", "LIST", opt_ports,
	  .help = "port(s) of the far end"),
	O(filter.hosts, 'H', "host", "LIST", opt_addrs,
	  .help = "address(es) or prefix(es), IPv4 or IPv6, of either end"),
	O(filter.local, 'L', "local", "LIST", opt_addrs,
	  .help = "the same for the local end"),
	O(filter.remote, 'R', "remote", "LIST", opt_addrs,
	  .help = "the same for the far end"),
	O(filter.direction, 'D', "direction", "in|out|both", opt_choice,
	  .help = "incoming (default), outgoing or all segments",
	  .choices = direction_names),
	O(filter.flags, 'f', "flags", "LIST", opt_flags,
	  .help = "TCP flags: syn,!ack is set SYN and clear ACK",
	  .more = "fin, syn, rst, psh, ack, urg, ece, cwr and ae; all must "
		  "hold."),
	O(filter.flags, 0, "syn", NULL, parse_syn,
	  .help = "attempts to connect: short for -f syn,!ack"),
	O(filter.want_ipv4_only, '4', "ipv4", NULL, opt_true,
	  .help = "IPv4 only"),
	O(filter.want_ipv6_only, '6', "ipv6", NULL, opt_true,
	  .help = "IPv6 only"),
	O(filter.expr, 'e', "expr", "C", opt_string,
	  .help = "a C expression: -e 'len > 1000 && flags & PSH'",
	  .more = "Names: ip ttl sport dport flags win seq ack len, in host "
		  "order, and the flags FIN SYN RST PSH ACK URG ECE CWR AE."),
	OPT_END,
};

static const struct opt_help help = {
	.synopsis = "[OPTION]...",
	.purpose = "Show the TCP segments that come into this machine.",
	.examples =
		"tcpsnoop-c -p 80               # what comes in to port 80\n"
		"tcpsnoop-c -p 80 --syn         # attempts to connect to it\n"
		"tcpsnoop-c -R 10.0.0.0/8 -c 10 # ten segments from a network\n"
		"tcpsnoop-c -D both -r 443 -x   # a client's talk, with bytes\n"
		"tcpsnoop-c -p 8000-8100 -o json | jq .saddr\n"
		"tcpsnoop-c -N web -i eth0      # inside a namespace\n",
};

/* The macros that the program's text refers to, and what hangs on them. */
static char *macros_text(const struct options *o, const struct hook_ops *hook)
{
	const struct place *place = &o->common.place;
	char *buf = NULL;
	size_t size, i;
	FILE *f = open_memstream(&buf, &size);

	if (!f)
		return NULL;
	fprintf(f,
		"/* What the command line asks for. */\n"
		"#define DIRECTION DIR_%s\n",
		o->filter.direction == FILTER_OUT ? "OUT" : "IN");
	if (o->common.want_hex)
		fprintf(f, "#define PAYLOAD_MAX 4096\n");
	if (hook->has_link_header)
		fprintf(f, "#define LINK_LEN %u\n", place->link_len);
	if (hook == &hook_tracepoint) {
		fprintf(f, "#define NETNS %u\n", place->netns_inum);
		fprintf(f, "#define is_interface(i) (0");
		for (i = 0; i < place->ifindexes.nr; i++)
			fprintf(f, " || ((i) >= %u && (i) <= %u)",
				(unsigned)place->ifindexes.r[i].first,
				(unsigned)place->ifindexes.r[i].last);
		fprintf(f, ")\n");
	}
	return fclose(f) ? NULL : buf;
}

/* Frames of several buffers: where the kernel has the helpers for them. */
static bool has_xdp_frags(void)
{
	return libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP,
				       BPF_FUNC_xdp_load_bytes, NULL) == 1;
}

static char *filter_named(const struct filter *filter, const char *name)
{
	struct filter named = *filter;

	named.text_name = name;
	return filter_text(&named);
}

static char *text(const void *arg, struct run_program *program)
{
	const struct options *o = arg;
	const struct hook_ops *hook = program->hook;
	bool has_frags = hook == &hook_xdp && has_xdp_frags();
	struct filter_families fam = filter_families(&o->filter);
	struct source_knob knobs[] = {
		{"WANT_IPV4", fam.has_ipv4},
		{"WANT_IPV6", fam.has_ipv6},
		{"WANT_IN", o->filter.direction != FILTER_OUT},
		{"WANT_OUT", o->filter.direction != FILTER_IN},
		{"WANT_BOTH", o->filter.direction == FILTER_BOTH},
		{"WANT_PAYLOAD", o->common.want_hex},
		{"WANT_LINK", o->common.place.link_len > 0},
		{"WANT_FRAGS", has_frags},
		{"WANT_INTERFACES", o->common.ifnames.nr > 0},
		{},
	};
	char *macros = macros_text(o, hook);
	char *filter = filter_named(&o->filter, program->name);
	struct source_part parts[] = {
		{"common/options.h", macros},
		{"common/filter.h", filter},
		{},
	};
	char path[64], *all = NULL;

	snprintf(path, sizeof(path), "bpf_src/tcpsnoop_%s.c", hook->name);
	if (has_frags)
		program->prog_flags = BPF_F_XDP_HAS_FRAGS;
	if (macros && filter)
		all = source_assemble(path, knobs, parts);
	free(macros);
	free(filter);
	return all;
}

static int prepare(void *arg, struct parse_err *err)
{
	static const char *const what[] = {
		[FILTER_IN] = "incoming TCP",
		[FILTER_OUT] = "outgoing TCP",
		[FILTER_BOTH] = "incoming and outgoing TCP",
	};
	struct options *o = arg;
	struct filter_families fam = filter_families(&o->filter);

	o->common.what = what[o->filter.direction];
	o->common.want_out = o->filter.direction != FILTER_IN;
	if (!fam.has_ipv4 && !fam.has_ipv6)
		return parse_fail(err, "nothing can match: the options for "
				       "IPv4 and IPv6 exclude each other");
	return o->filter.expr ? expr_check(o->filter.expr, err) : 0;
}

static void release(void *arg)
{
	struct options *o = arg;

	filter_free(&o->filter);
}

static const struct front front = {
	.name = "tcpsnoop-c",
	.opts = opts,
	.help = &help,
	.options = &options,
	.common = &options.common,
	.prepare = prepare,
	.text = text,
	.source = "tcpsnoop_%s.c",
	.hooks = hooks,
	.release = release,
};

int main(int argc, char **argv)
{
	return front_main(&front, argc, argv);
}
