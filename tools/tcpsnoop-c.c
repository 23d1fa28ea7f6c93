// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop-c shows each TCP segment that comes into this machine. Its options
 * become a C program that is compiled at launch and runs in the kernel, so
 * that nothing but what was asked for ever leaves it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/opt.h"
#include "base/out.h"
#include "compile/compile.h"
#include "compile/disasm.h"
#include "compile/filter.h"
#include "compile/source.h"
#include "kernel/caps.h"
#include "kernel/check.h"
#include "kernel/iface.h"
#include "kernel/netns.h"
#include "kernel/session.h"
#include "view/flow.h"
#include "view/terminal.h"
#include "view/view.h"

#define EXIT_USAGE 2
#define EXIT_LOST 3

#define PAYLOAD_MAX 4096  /* bytes of a packet, from its IP header, with -x */
#define FLUSH_NS 20000000 /* a lone packet waits no longer */
#define TICK_NS 1000000000ull	 /* clock offset and interface names anew */
#define GOODBYE_NS 1000000000ull /* for a reader of ours that has stopped */
#define FLOWS_MAX 65536

struct options {
	struct filter filter;
	int hook;
	const char *ifname;
	const char *netns;
	const char *source;
	uint64_t count;
	uint64_t duration_ns;
	int output;
	int headers;
	uint32_t pages;
	uint32_t wakeup;
	uint32_t compile_limit_s;
	bool want_hex;
	bool want_raw_seq;
	bool is_strict;
	bool no_cache;
	bool is_quiet;
	bool is_verbose;
	bool want_source;
	bool want_bytecode;
	bool want_check;
	bool want_help;
	bool want_version;
	bool want_man;
	bool want_completion;
};

static struct options options = {
	.wakeup = 64,
	.compile_limit_s = 30,
};

static const char *const hook_names[] = {"socket", NULL};
static const char *const direction_names[] = {"in", "out", "both", NULL};
static const char *const output_names[] = {"text", "json", NULL};
static const char *const headers_names[] = {"auto", "btf", "kernel", NULL};

static int parse_syn(const struct opt *o, const char *arg, void *field,
		     struct parse_err *err)
{
	return opt_flags(o, "syn,!ack", field, err);
}

static int parse_pages(const struct opt *o, const char *arg, void *field,
		       struct parse_err *err)
{
	int ret = opt_u32(o, arg, field, err);
	uint32_t pages = *(uint32_t *)field;

	if (ret || !(pages & (pages - 1)))
		return ret;
	snprintf(err->text, sizeof(err->text), "'%s' is not a power of two",
		 arg);
	return -EINVAL;
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
	O(ifname, 'i', "interface", "NAME", opt_string,
	  .help = "one interface (default: all)", .complete = "interface"),
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
	O(hook, 'k', "hook", "socket", opt_choice,
	  .help = "where to look: socket (default)", .choices = hook_names),
	O(netns, 'N', "netns", "NAME|PID|PATH", opt_string,
	  .help = "look in this network namespace", .complete = "file"),
	O(count, 'c', "count", "N", opt_u64, .min = 1,
	  .help = "stop after N packets"),
	O(duration_ns, 'd', "duration", "SECONDS", opt_seconds,
	  .help = "stop after this time"),
	O(output, 'o', "output", "text|json", opt_choice,
	  .help = "text (default) or JSON, one object a line",
	  .choices = output_names),
	O(want_hex, 'x', "hex", NULL, opt_true,
	  .help = "show the payload too, in hex and ASCII",
	  .more = "Of each packet at most 4,096 bytes from its IP header on; "
		  "what is cut off is said."),
	O(want_raw_seq, 'S', "raw-seq", NULL, opt_true,
	  .help = "sequence numbers as they are, not relative"),
	O(is_quiet, 'q', "quiet", NULL, opt_true,
	  .help = "say nothing but errors on stderr"),
	O(is_verbose, 'v', "verbose", NULL, opt_true,
	  .help = "all fields in text; on stderr what is done and how long"),
	O(is_strict, 0, "strict", NULL, opt_true,
	  .help = "exit with 3 when a packet was lost anywhere"),
	O(headers, 0, "headers", "btf|kernel|auto", opt_choice,
	  .help = "kernel types from BTF, from real headers, or what is there",
	  .choices = headers_names),
	O(no_cache, 0, "no-cache", NULL, opt_true,
	  .help = "compile, even when the same program is kept"),
	O(compile_limit_s, 0, "compile-limit", "SECONDS", opt_u32, .min = 1,
	  .max = 3600, .help = "stop the compiler after so long (default: 30)"),
	O(pages, 0, "pages", "N", parse_pages, .min = 1, .max = 65536,
	  .help = "perf buffer size in pages a CPU, a power of two"),
	O(wakeup, 0, "wakeup", "N", opt_u32, .min = 1, .max = 65536,
	  .help = "read events in batches of N (default: 64), or after 20 ms"),
	O(source, 0, "source", "FILE", opt_string, .complete = "file",
	  .help = "run this C program, as --print-source gives it"),
	O(want_source, 0, "print-source", NULL, opt_true,
	  .help = "print the C program that would run"),
	O(want_bytecode, 0, "print-bytecode", NULL, opt_true,
	  .help = "print what it compiles to"),
	O(want_check, 0, "check", NULL, opt_true,
	  .help = "say what this machine can do, and what not and why"),
	O(want_help, 'h', "help", NULL, opt_true, .help = "this text"),
	O(want_version, 'V', "version", NULL, opt_true,
	  .help = "print the version"),
	O(want_man, 0, "man-options", NULL, opt_true),
	O(want_completion, 0, "completion", NULL, opt_true),
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

/* ---- plan: which program, on which hook ---- */

/* The macros that the program's text refers to. */
static char *macros_text(const struct options *o)
{
	char *s = NULL;

	if (asprintf(&s,
		     "/* What the command line asks for. */\n"
		     "#define DIRECTION DIR_%s\n%s",
		     o->filter.direction == FILTER_OUT ? "OUT" : "IN",
		     o->want_hex ? "#define PAYLOAD_MAX 4096\n" : "") < 0)
		return NULL;
	return s;
}

static char *program_text(const struct options *o)
{
	struct filter_families fam = filter_families(&o->filter);
	struct source_knob knobs[] = {
		{"WANT_IPV4", fam.has_ipv4},
		{"WANT_IPV6", fam.has_ipv6},
		{"WANT_BOTH", o->filter.direction == FILTER_BOTH},
		{"WANT_PAYLOAD", o->want_hex},
		{},
	};
	char *macros = macros_text(o);
	char *filter = filter_text(&o->filter);
	struct source_part parts[] = {
		{"common/options.h", macros},
		{"common/filter.h", filter},
		{},
	};
	char *text = NULL;

	if (macros && filter)
		text = source_assemble("bpf_src/tcpsnoop.c", knobs, parts);
	free(macros);
	free(filter);
	return text;
}

static char *text_get(const struct options *o)
{
	char err[256] = "";
	char *text = o->source ? source_read(o->source, err, sizeof(err))
			       : program_text(o);

	if (!text)
		log_err("%s", *err ? err : strerror(ENOMEM));
	return text;
}

/* ---- events to records ---- */

struct snoop {
	const struct options *opts;
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
	bool is_done;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void tick(void *arg, int fd, uint32_t events)
{
	struct snoop *s = arg;

	s->boot_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
	iface_table_expire(s->ifaces);
}

/* No more packets: what is in the buffers still comes. */
static void snoop_stop(struct snoop *s)
{
	session_detach(&s->session);
	loop_stop(s->loop);
}

static void snoop_flush(struct snoop *s)
{
	int err = out_flush(s->out);

	if (!err || err == -EINTR || s->out_err)
		return;
	s->out_err = err;
	snoop_stop(s);
}

static void event_take(void *arg, const void *raw, size_t size)
{
	struct snoop *s = arg;
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
		snoop_stop(s);
	}
}

/* ---- the end, and the sum ---- */

/* SUM as of now, and how many events are on their way. */
static uint64_t summary_make(const struct snoop *s, struct summary *sum)
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

static void counts_print(const struct snoop *s)
{
	struct summary sum;
	uint64_t in_flight = summary_make(s, &sum);

	summary_print(stderr, &sum, in_flight);
}

static void signal_take(void *arg, int sig)
{
	struct snoop *s = arg;

	if (sig == SIGUSR1)
		counts_print(s);
	else
		snoop_stop(s);
}

static void duration_over(void *arg, int fd, uint32_t events)
{
	snoop_stop(arg);
}

static void goodbye(void *arg, int fd, uint32_t events)
{
}

/* Show what is left, then the summary. The exit status. */
static int snoop_finish(struct snoop *s)
{
	struct summary sum;
	int timer;

	snoop_stop(s);
	events_drain(s->session.events);
	timer = loop_timer(s->loop, GOODBYE_NS, 0, goodbye, NULL);
	out_set_stop(s->out, timer);
	snoop_flush(s);
	summary_make(s, &sum);
	view_end(&s->view, &sum);
	snoop_flush(s);
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

/* ---- main ---- */

static void batch_end(void *arg)
{
	snoop_flush(arg);
}

static void tracing_say(const struct options *o)
{
	static const char *const what[] = {
		[FILTER_IN] = "incoming",
		[FILTER_OUT] = "outgoing",
		[FILTER_BOTH] = "incoming and outgoing",
	};

	log_info("tracing %s TCP on %s%s%s%s, Ctrl-C to stop",
		 what[o->filter.direction], o->ifname ?: "all interfaces",
		 o->netns ? " of " : "", o->netns ?: "",
		 o->source ? " by your own program" : "");
}

static void times_say(const struct compile_report *r, uint64_t load_ns,
		      uint64_t attach_ns)
{
	log_debug("time: cache %.1f ms, headers %.1f ms, compile %.1f ms, "
		  "load %.1f ms, attach %.1f ms",
		  r->cache_ns / 1e6, r->headers_ns / 1e6, r->child_ns / 1e6,
		  load_ns / 1e6, attach_ns / 1e6);
}

static int snoop_start(struct snoop *s, const struct image *img,
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

static int snoop_loop(struct snoop *s)
{
	int ret;

	tick(s, -1, 0);
	view_begin(&s->view);
	snoop_flush(s);
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
	return snoop_finish(s);
}

static bool snoop_prepare(struct snoop *s, int netns)
{
	static const struct view_ops *const views[] = {&view_text, &view_json};
	const struct options *o = s->opts;

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

static void snoop_free(struct snoop *s)
{
	session_close(&s->session);
	flow_table_free(s->flows);
	iface_table_free(s->ifaces);
	out_free(s->out);
	loop_free(s->loop);
}

static int image_get(const struct options *o, const char *text,
		     struct image **img, struct compile_report *report)
{
	struct compile_opts copts = {
		.text = text,
		.name = o->source ?: "tcpsnoop.c",
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

/* Compile TEXT and trace until the end. The exit status. */
static int snoop_run(const struct options *o, const char *text)
{
	struct snoop s = {.opts = o};
	struct session_plan plan = {
		.hooks = {hooks[o->hook]},
		.where = {.netns = -1,
			  .ifname = o->ifname,
			  .want_out = o->filter.direction != FILTER_IN},
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
	    snoop_prepare(&s, plan.where.netns) &&
	    !snoop_start(&s, img, &plan, &report))
		status = snoop_loop(&s);
	snoop_free(&s);
	image_free(img);
	if (plan.where.netns >= 0)
		close(plan.where.netns);
	return status;
}

static int bytecode_print(const struct options *o, const char *text)
{
	struct compile_report report;
	struct image *img;
	int ret = image_get(o, text, &img, &report);

	if (ret)
		return ret;
	ret = disasm_print(stdout, img);
	image_free(img);
	return ret;
}

/* A descriptor that is closed would become one of ours: say so at once. */
static bool stdout_is_open(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
		if (fd == STDOUT_FILENO) {
			log_err("cannot write to stdout: it is closed");
			return false;
		}
	if (fd >= 0)
		close(fd);
	return true;
}

static bool privileges_suffice(const struct options *o)
{
	char missing[128];
	enum caps_use use = CAPS_TRACE;

	if (caps_check(use, missing, sizeof(missing)) && o->netns)
		use = CAPS_NETNS;
	if (caps_check(use, missing, sizeof(missing)))
		return true;
	log_err("not permitted: %s missing (run it as root, e.g. with sudo)",
		missing);
	return false;
}

static bool options_fit(const struct options *o, struct parse_err *err)
{
	struct filter_families fam = filter_families(&o->filter);

	if (o->filter.expr && filter_check_expr(o->filter.expr, err))
		return false;
	if (fam.has_ipv4 || fam.has_ipv6)
		return true;
	snprintf(err->text, sizeof(err->text),
		 "nothing can match: the options for IPv4 and IPv6 exclude "
		 "each other");
	return false;
}

/* Options that only print. True when there was one, with *RET. */
static bool info_print(const struct options *o, int *ret)
{
	*ret = EXIT_SUCCESS;
	if (o->want_help)
		opt_print_help(stdout, log_program(), opts, &help);
	else if (o->want_version)
		printf("%s %s\n", log_program(), VERSION);
	else if (o->want_man)
		opt_print_man(stdout, opts);
	else if (o->want_completion)
		opt_print_completion(stdout, log_program(), opts);
	else if (o->want_check)
		*ret = check_print(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
	else
		return false;
	return true;
}

static int text_use(const struct options *o, const char *text)
{
	if (o->want_source)
		return fputs(text, stdout) < 0;
	if (!privileges_suffice(o))
		return EXIT_FAILURE;
	if (o->want_bytecode)
		return bytecode_print(o, text) ? EXIT_FAILURE : EXIT_SUCCESS;
	return snoop_run(o, text);
}

static int stdout_finish(int ret)
{
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	log_err("cannot write to stdout: %s", strerror(errno));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct options *o = &options;
	struct parse_err err = {};
	char *text;
	int ret;

	log_init("tcpsnoop-c");
	if (!stdout_is_open())
		return EXIT_FAILURE;
	ret = opt_parse(opts, argc, argv, o, &err);
	if (ret >= 0 && ret < argc && !o->want_help)
		snprintf(err.text, sizeof(err.text),
			 "'%s' is not an option (see --help)", argv[ret]);
	if (!err.text[0] && ret >= 0)
		options_fit(o, &err);
	if (err.text[0] || ret < 0) {
		log_err("%s", err.text);
		filter_free(&o->filter);
		return ret == -ENOMEM ? EXIT_FAILURE : EXIT_USAGE;
	}
	log_set_level(o->is_quiet     ? LOG_QUIET
		      : o->is_verbose ? LOG_VERBOSE
				      : LOG_NORMAL);
	if (!info_print(o, &ret)) {
		text = text_get(o);
		ret = text ? text_use(o, text) : EXIT_FAILURE;
		free(text);
	}
	filter_free(&o->filter);
	return stdout_finish(ret);
}
