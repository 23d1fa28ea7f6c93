// SPDX-License-Identifier: GPL-2.0
/*
 * bpfrun-c runs a BPF program in BCC's C dialect, on a machine without kernel
 * headers and without Python: attaches its functions where their names or the
 * command line say, and shows what it sends, says and counts.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/opt.h"
#include "front/common.h"
#include "front/program.h"
#include "front/run_opts.h"

struct options {
	struct program_opts program;
	struct run_opts common;
};

static struct options options = {
	.common = {.compile_limit_s = 60},
};

/* "NAME" or "NAME=VALUE". */
static int parse_define(const struct opt *o, const char *arg, void *field,
			struct parse_err *err)
{
	struct program_opts *p = field;
	size_t i;

	for (i = 0; arg[i] && arg[i] != '='; i++)
		if (!(isalpha((unsigned char)arg[i]) || arg[i] == '_' ||
		      (i && isdigit((unsigned char)arg[i]))))
			break;
	if (!i || (arg[i] && arg[i] != '=') || strchr(arg, '\n'))
		return parse_fail(err, "'%s' is not NAME or NAME=VALUE",
				  PARSE_QUOTE(arg, strlen(arg)));
	if (p->nr_defines == PROGRAM_DEFINES)
		return parse_fail(err, "more than %d macros", PROGRAM_DEFINES);
	p->defines[p->nr_defines++] = arg;
	return 0;
}

/* RET of a parser that filled the next probe. */
static int probe_add(struct program_opts *p, int ret, struct parse_err *err)
{
	const char *name = p->probes[p->nr_probes].function;
	size_t i;

	if (ret)
		return ret;
	for (i = 0; i < p->nr_probes; i++)
		if (!strcmp(p->probes[i].function, name))
			return parse_fail(err, "%s() is named twice", name);
	p->nr_probes++;
	return 0;
}

static int parse_attach(const struct opt *o, const char *arg, void *field,
			struct parse_err *err)
{
	struct program_opts *p = field;

	if (p->nr_probes == IMAGE_PROGS)
		return parse_fail(err, "more than %d functions", IMAGE_PROGS);
	return probe_add(p, probe_by_words(&p->probes[p->nr_probes], arg, err),
			 err);
}

static int parse_symbol(const struct opt *o, const char *arg, void *field,
			struct parse_err *err)
{
	struct program_opts *p = field;
	enum probe_kind kind = o->key == 'U' ? PROBE_URETPROBE : PROBE_UPROBE;

	if (p->nr_probes == IMAGE_PROGS)
		return parse_fail(err, "more than %d functions", IMAGE_PROGS);
	return probe_add(
		p, probe_by_symbol(&p->probes[p->nr_probes], kind, arg, err),
		err);
}

#define O(field, key, name, arg, parse, ...) \
	OPT(struct options, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt opts[] = {
	O(common.ifnames, 'i', "interface", "LIST", front_parse_names,
	  .help = "interface(s) for XDP, TC and socket filters: eth0,eth1",
	  .complete = "interface"),
	O(program, 'a', "attach", "FUNCTION=HOOK", parse_attach,
	  .help = "where a function goes whose name does not say",
	  .more = "HOOK is xdp, tc-ingress, tc-egress, socket, "
		  "tracepoint:CAT:EVENT, raw-tracepoint:EVENT, kprobe:FUNCTION, "
		  "kretprobe:FUNCTION, fentry:FUNCTION, fexit:FUNCTION, "
		  "uprobe:BINARY:SYMBOL, uretprobe:BINARY:SYMBOL, "
		  "ARRAY[INDEX] for what a program array calls, or none."),
	O(program, 'u', "uprobe", "BINARY:SYMBOL=FUNCTION", parse_symbol,
	  .help = "call FUNCTION where SYMBOL of a program or library begins",
	  .more = "BINARY is a path, a program in PATH, or a library by its "
		  "short name: c:malloc=count."),
	O(program, 'U', "uretprobe", "BINARY:SYMBOL=FUNCTION", parse_symbol,
	  .help = "the same where it returns"),
	O(program, 'D', "define", "NAME[=VALUE]", parse_define,
	  .help = "a macro for the program"),
	NETNS_OPT,
	RUN_OPTS("events and messages"),
	O(program.interval_ns, 0, "interval", "SECONDS", opt_seconds,
	  .help = "show the maps this often, not only at the end"),
	O(program.no_maps, 0, "no-maps", NULL, opt_true,
	  .help = "do not show them at all"),
	O(common.is_verbose, 'v', "verbose", NULL, opt_true,
	  .help = "on stderr what is done and how long"),
	COMPILE_OPTS("60", " (64)"),
	FRONT_INFO_OPTS(common.info),
	OPT_END,
};

static const struct opt_help help = {
	.synopsis = "[OPTION]... FILE.c",
	.purpose = "Run a BPF program written in BCC's C.",
	.examples =
		"bpfrun-c drop.c -i lo                   # its xdp_drop(), on "
		"lo\n"
		"bpfrun-c f.c -a tcp_intercept=xdp -i lo # named otherwise\n"
		"bpfrun-c m.c -u c:malloc=count -d 5     # for five seconds\n"
		"bpfrun-c h.c -D PORT=443 --interval 1   # maps every second\n",
};

static int run(void)
{
	const struct program_opts *o = &options.program;
	const struct run_opts *common = &options.common;

	if (!front_may_trace(common->netns))
		return -EPERM;
	return common->want_bytecode ? program_print_bytecode(o, common)
				     : program_run(o, common);
}

static bool is_info(void)
{
	const struct front_info *i = &options.common.info;

	return i->want_help || i->want_version || i->want_man ||
	       i->want_completion;
}

/*
 * FILE may stand before the options too, as compilers have it. 0, -EINVAL or
 * -ENOMEM as in parse.h.
 */
static int parse(int argc, char **argv, struct parse_err *err)
{
	int at = opt_parse(opts, argc, argv, &options, err), more;

	if (at < 0 || is_info())
		return at < 0 ? at : 0;
	if (at == argc)
		return parse_fail(err, "which program? bpfrun-c FILE.c "
				       "(see --help)");
	options.program.path = argv[at];
	/* It begins behind the word in front, as with argv[0]. */
	more = opt_parse(opts, argc - at, argv + at, &options, err);
	if (more < 0)
		return more;
	if (at + more < argc && !is_info())
		return parse_fail(err, "'%s' is one program too many",
				  argv[at + more]);
	return 0;
}

int main(int argc, char **argv)
{
	struct parse_err err;
	int ret;

	if (!front_begin("bpfrun-c"))
		return EXIT_FAILURE;
	ret = parse(argc, argv, &err);
	if (ret)
		return front_exit(front_parse_failed(ret, &err));
	log_set_level(options.common.is_quiet	  ? LOG_QUIET
		      : options.common.is_verbose ? LOG_VERBOSE
						  : LOG_NORMAL);
	if (front_info_print(&options.common.info, "bpfrun-c", opts, &help))
		return front_finish_stdout(EXIT_SUCCESS);
	return front_finish_stdout(front_exit(run()));
}
