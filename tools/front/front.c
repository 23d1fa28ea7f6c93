// SPDX-License-Identifier: GPL-2.0
#include "front/front.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "compile/expr.h"
#include "compile/source.h"
#include "front/check.h"
#include "front/common.h"
#include "front/explain.h"
#include "front/filter_opts.h"

static const char *const output_names[] = {"text", "json", NULL};
static const char *const headers_names[] = {"auto", "btf", "kernel", NULL};

#define O(field, key, name, arg, parse, ...) \
	OPT(struct run_opts, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt common_opts[] = {
	O(ifnames, 'i', "interface", "LIST", front_parse_names,
	  .help = "interface(s): eth0 or eth0,eth1 (default: all)",
	  .complete = "interface"),
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
	O(pages, 0, "pages", "N", front_parse_pages, .min = 1, .max = 65536,
	  .help = "perf buffer size in pages a CPU, a power of two"),
	O(wakeup, 0, "wakeup", "N", opt_u32, .min = 1, .max = 65536,
	  .help = "send events one by one and read N at once (default: send up "
		  "to 16 together, read 16 KiB, at most an eighth of the "
		  "buffer), or after 20 ms"),
	O(source, 0, "source", "FILE", opt_string, .complete = "file",
	  .help = "run this C program, as --print-source gives it"),
	O(want_watch, 0, "watch", NULL, opt_true,
	  .help = "run it anew whenever it is saved, without missing a packet"),
	O(want_source, 0, "print-source", NULL, opt_true,
	  .help = "print the C program that would run"),
	O(want_bytecode, 0, "print-bytecode", NULL, opt_true,
	  .help = "print what it compiles to"),
	O(want_explain, 0, "explain", NULL, opt_true,
	  .help = "tell what happens at each stage, from options to costs"),
	O(want_stats, 0, "stats", NULL, opt_true,
	  .help = "say at the end what a run of each program cost"),
	O(want_fields, 0, "fields", NULL, opt_true,
	  .help = "list what -e knows: name, type, unit, and where it is from"),
	O(want_check, 0, "check", NULL, opt_true,
	  .help = "say what this machine can do, and what not and why"),
	FRONT_INFO_OPTS,
	OPT_END,
};

/* What it says of itself, hook_opt_tell() fills in. */
static const struct opt hook_opts[] = {
	O(hooks, 'k', "hook", "LIST", hook_list_parse),
	OPT_END,
};

#define OPTS_MAX 96

struct opts {
	struct opt row[OPTS_MAX + 1];
	size_t nr;
	char hook_help[256], hook_more[256];
};

static void opts_add(struct opts *all, const struct opt *o, size_t base)
{
	for (; o->name && all->nr < OPTS_MAX; o++) {
		all->row[all->nr] = *o;
		all->row[all->nr++].offset += base;
	}
	all->row[all->nr].name = NULL;
}

/* The last option so far is --hook, and may name ALLOWED. */
static void hook_opt_tell(struct opts *all,
			  const struct hook_ops *const *allowed)
{
	struct opt *o = &all->row[all->nr - 1];

	hook_list_help(allowed, all->hook_help, sizeof(all->hook_help));
	hook_list_more(allowed, all->hook_more, sizeof(all->hook_more));
	o->help = all->hook_help;
	o->more = all->hook_more;
}

/* The tool's options and the common ones as one table, for all purposes. */
static int opts_join(const struct front *f, struct opts *all)
{
	size_t base = (char *)f->common - (char *)f->options;

	all->nr = 0;
	opts_add(all, f->opts, 0);
	if (f->hooks) {
		opts_add(all, hook_opts, base);
		hook_opt_tell(all, f->hooks);
	}
	opts_add(all, common_opts, base);
	return all->nr < OPTS_MAX ? 0 : -E2BIG;
}

/* Options that only print. True when there was one, with *RET. */
static bool info_print(const struct front *f, const struct opt *opts, int *ret)
{
	const struct run_opts *o = f->common;

	*ret = EXIT_SUCCESS;
	if (front_info_print(&o->info, f->name, opts, f->help))
		return true;
	if (o->want_fields)
		expr_print_fields(stdout, f->fields);
	else if (o->want_check)
		*ret = check_print(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
	else
		return false;
	return true;
}

static void programs_free(struct run_program *p, size_t nr)
{
	while (nr--) {
		free(p[nr].text);
		free((char *)p[nr].name);
	}
}

static char *source_get(const void *arg, char *err, size_t err_size)
{
	const struct front *f = arg;
	const struct run_opts *o = f->common;
	char *text = source_read(o->source, err, err_size);
	bool has_words = f->pcap && f->pcap->words, links[PCAP_LINKS];

	if (!text)
		return NULL;
	filter_links(o, links);
	return filter_combine(text, o->source, f->filter,
			      has_words ? f->pcap : NULL, links, err, err_size);
}

static int program_make(const struct front *f, const struct hook_ops *hook,
			struct run_program *p)
{
	const struct run_opts *o = f->common;
	char err[256] = "", *name = NULL;

	*p = (struct run_program){.hook = hook};
	if (o->source)
		p->name = strdup(o->source);
	else if (asprintf(&name, "%s_%s.c", o->prog_prefix, hook->name) >= 0)
		p->name = name;
	/* The flags are those of the hook, whosever the text is. */
	p->text = f->text(f->options, p);
	if (o->source) {
		free(p->text);
		p->text = source_get(f, err, sizeof(err));
	}
	if (p->text && p->name)
		return 0;
	log_err("%s", *err ? err : strerror(ENOMEM));
	programs_free(p, 1);
	return -EINVAL;
}

/* P has room for one more, which is freed here. */
static int trace(const struct front *f, struct run_program *p, size_t nr)
{
	struct run_tool tool = f->tool;
	size_t nr_extra = 0;
	int ret = EXIT_FAILURE;

	p[nr] = (struct run_program){};
	if (!f->make || !f->make(f->options, &tool, &p[nr], &nr_extra))
		ret = run_trace(f->common, &tool, p, nr, nr_extra);
	programs_free(&p[nr], 1);
	return ret;
}

static int programs_use(const struct front *f, struct run_program *p, size_t nr)
{
	const struct run_opts *o = f->common;

	if (o->want_source)
		return fputs(p[0].text, stdout) < 0 ? EXIT_FAILURE
						    : EXIT_SUCCESS;
	if (!front_may_trace(o->netns))
		return EXIT_FAILURE;
	if (o->want_bytecode)
		return run_print_bytecode(o, p, nr);
	if (o->want_explain)
		explain_texts(o->argc, o->argv, p, nr);
	return trace(f, p, nr);
}

/* Interfaces and namespace are asked for what programs bake in. */
static int place_get(struct run_opts *o)
{
	const char *names[RUN_INTERFACES + 1] = {};
	char err[256];
	size_t i;
	int ret;

	for (i = 0; i < o->ifnames.nr; i++)
		names[i] = o->ifnames.name[i];
	ret = place_find(o->netns, names, &o->place, err, sizeof(err));
	if (ret)
		log_err("%s", err);
	return ret;
}

static int front_run(const struct front *f, const struct opt *opts)
{
	struct run_program programs[SESSION_PARTS + 1];
	struct run_opts *o = f->common;
	struct parse_err err;
	int ret = EXIT_FAILURE;
	size_t nr;

	log_set_level(o->is_quiet     ? LOG_QUIET
		      : o->is_verbose ? LOG_VERBOSE
				      : LOG_NORMAL);
	if (info_print(f, opts, &ret))
		return ret;
	if (place_get(o))
		return EXIT_FAILURE;
	if (f->placed && f->placed(f->options, &err)) {
		log_err("%s", err.text);
		place_free(&o->place);
		return EXIT_USAGE;
	}
	for (nr = 0; nr < o->hooks.nr; nr++)
		if (program_make(f, o->hooks.ops[nr], &programs[nr]))
			break;
	ret = nr == o->hooks.nr ? programs_use(f, programs, nr) : EXIT_FAILURE;
	programs_free(programs, nr);
	place_free(&o->place);
	return ret;
}

/* Whether options that are common go with each other. */
static int common_check(const struct run_opts *o, struct parse_err *err)
{
	int ret = hook_list_check(&o->hooks, o->ifnames.nr, o->want_out, err);

	if (ret)
		return ret;
	if (o->want_watch && !o->source)
		return parse_fail(err, "--watch goes with --source only");
	if (o->want_explain && o->output)
		return parse_fail(err, "--explain goes with text only");
	if (o->hooks.nr > 1 && (o->source || o->want_source))
		return parse_fail(err, "%s goes with one hook only",
				  o->source ? "--source" : "--print-source");
	return 0;
}

/* From "tcpsnoop-c" to "tcpsnoop". */
static void prog_prefix_fill(const struct front *f)
{
	size_t len = strlen(f->name);

	if (len > 2 && !strcmp(f->name + len - 2, "-c"))
		len -= 2;
	snprintf(f->common->prog_prefix, sizeof(f->common->prog_prefix), "%.*s",
		 (int)len, f->name);
}

/* 0, -EINVAL or -ENOMEM as in parse.h. */
static int front_parse(const struct front *f, const struct opt *opts, int argc,
		       char **argv, struct parse_err *err)
{
	int ret;

	f->common->hooks.allowed = f->hooks;
	ret = opt_parse(opts, argc, argv, f->options, err);
	if (ret < 0)
		return ret;
	f->common->read_source = source_get;
	f->common->front = f;
	prog_prefix_fill(f);
	f->common->argc = argc;
	f->common->argv = argv;
	/* What is told must happen. */
	f->common->no_cache |= f->common->want_explain;
	if (f->common->info.want_help)
		return 0;
	if (ret < argc && !f->words)
		return parse_fail(err, "'%s' is not an option (see --help)",
				  argv[ret]);
	if (ret < argc) {
		ret = f->words(f->options, argv + ret, err);
		if (ret)
			return ret;
	}
	if (!f->common->hooks.nr) {
		f->common->hooks.ops[0] =
			f->hooks ? f->hooks[0] : &hook_tracepoint;
		f->common->hooks.nr = 1;
	}
	ret = f->prepare(f->options, err);
	return ret ?: common_check(f->common, err);
}

int front_main(const struct front *f, int argc, char **argv)
{
	struct opts opts;
	struct parse_err err;
	int ret;

	log_init(f->name);
	ret = opts_join(f, &opts);
	if (ret) {
		log_err("too many options in the table");
		return EXIT_FAILURE;
	}
	if (!front_has_stdout())
		return EXIT_FAILURE;
	ret = front_parse(f, opts.row, argc, argv, &err);
	if (ret) {
		log_err("%s", ret == -ENOMEM ? strerror(ENOMEM) : err.text);
		ret = ret == -ENOMEM ? EXIT_FAILURE : EXIT_USAGE;
	} else {
		ret = front_finish_stdout(front_run(f, opts.row));
	}
	f->release(f->options);
	return ret;
}
