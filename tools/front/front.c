// SPDX-License-Identifier: GPL-2.0
#include "front/front.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "compile/source.h"
#include "front/check.h"
#include "kernel/caps.h"

static const char *const hook_names[] = {"socket", NULL};
static const char *const output_names[] = {"text", "json", NULL};
static const char *const headers_names[] = {"auto", "btf", "kernel", NULL};

static int parse_pages(const struct opt *o, const char *arg, void *field,
		       struct parse_err *err)
{
	int ret = opt_u32(o, arg, field, err);
	uint32_t pages = *(uint32_t *)field;

	if (ret || !(pages & (pages - 1)))
		return ret;
	return parse_fail(err, "'%s' is not a power of two", arg);
}

#define O(field, key, name, arg, parse, ...) \
	OPT(struct run_opts, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt common_opts[] = {
	O(ifname, 'i', "interface", "NAME", opt_string,
	  .help = "one interface (default: all)", .complete = "interface"),
	O(netns, 'N', "netns", "NAME|PID|PATH", opt_string,
	  .help = "look in this network namespace", .complete = "file"),
	O(hook, 'k', "hook", "socket", opt_choice,
	  .help = "where to look: socket (default)", .choices = hook_names),
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

static int stdout_finish(int ret)
{
	if (!fflush(stdout) && !ferror(stdout))
		return ret;
	log_err("cannot write to stdout: %s", strerror(errno));
	return EXIT_FAILURE;
}

static bool privileges_suffice(const struct run_opts *o)
{
	char missing[128];

	if (caps_check(CAPS_TRACE, missing, sizeof(missing)) &&
	    (!o->netns || caps_check(CAPS_NETNS, missing, sizeof(missing))))
		return true;
	log_err("not permitted: %s missing (run it as root, e.g. with sudo)",
		missing);
	return false;
}

#define OPTS_MAX 96

/* The tool's options and the common ones as one table, for all purposes. */
static int opts_join(const struct front *f, struct opt *all)
{
	size_t base = (char *)f->common - (char *)f->options;
	const struct opt *o;
	size_t nr = 0;

	for (o = f->opts; o->name && nr < OPTS_MAX; o++)
		all[nr++] = *o;
	for (o = common_opts; o->name && nr < OPTS_MAX; o++) {
		all[nr] = *o;
		all[nr++].offset += base;
	}
	all[nr].name = NULL;
	return nr < OPTS_MAX ? 0 : -E2BIG;
}

/* Options that only print. True when there was one, with *RET. */
static bool info_print(const struct front *f, const struct opt *opts, int *ret)
{
	const struct run_opts *o = f->common;

	*ret = EXIT_SUCCESS;
	if (o->want_help)
		opt_print_help(stdout, f->name, opts, f->help);
	else if (o->want_version)
		printf("%s %s\n", f->name, VERSION);
	else if (o->want_man)
		opt_print_man(stdout, opts);
	else if (o->want_completion)
		opt_print_completion(stdout, f->name, opts);
	else if (o->want_check)
		*ret = check_print(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
	else
		return false;
	return true;
}

static int text_use(const struct run_opts *o, const char *text)
{
	if (o->want_source)
		return fputs(text, stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
	if (!privileges_suffice(o))
		return EXIT_FAILURE;
	if (o->want_bytecode)
		return run_print_bytecode(o, text);
	return run_trace(o, text);
}

static int front_run(const struct front *f, const struct opt *opts)
{
	const struct run_opts *o = f->common;
	char err[256] = "", *text;
	int ret;

	log_set_level(o->is_quiet     ? LOG_QUIET
		      : o->is_verbose ? LOG_VERBOSE
				      : LOG_NORMAL);
	if (info_print(f, opts, &ret))
		return ret;
	text = o->source ? source_read(o->source, err, sizeof(err))
			 : f->text(f->options);
	if (!text) {
		log_err("%s", *err ? err : strerror(ENOMEM));
		return EXIT_FAILURE;
	}
	ret = text_use(o, text);
	free(text);
	return ret;
}

/* 0, -EINVAL or -ENOMEM as in parse.h. */
static int front_parse(const struct front *f, const struct opt *opts, int argc,
		       char **argv, struct parse_err *err)
{
	int ret = opt_parse(opts, argc, argv, f->options, err);

	if (ret < 0)
		return ret;
	if (f->common->want_help)
		return 0;
	if (ret < argc)
		return parse_fail(err, "'%s' is not an option (see --help)",
				  argv[ret]);
	return f->prepare(f->options, err);
}

int front_main(const struct front *f, int argc, char **argv)
{
	struct opt opts[OPTS_MAX + 1];
	struct parse_err err;
	int ret;

	log_init(f->name);
	ret = opts_join(f, opts);
	if (ret) {
		log_err("too many options in the table");
		return EXIT_FAILURE;
	}
	if (!stdout_is_open())
		return EXIT_FAILURE;
	ret = front_parse(f, opts, argc, argv, &err);
	if (ret) {
		log_err("%s", ret == -ENOMEM ? strerror(ENOMEM) : err.text);
		ret = ret == -ENOMEM ? EXIT_FAILURE : EXIT_USAGE;
	} else {
		ret = stdout_finish(front_run(f, opts));
	}
	f->release(f->options);
	return ret;
}
