// SPDX-License-Identifier: GPL-2.0
/*
 * kheaders-c: kernel headers made from the running kernel's BTF, for anyone's
 * BCC. It prints where they are:
 *
 *	BCC_KERNEL_SOURCE=$(kheaders-c) tcplife-bpfcc
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/opt.h"
#include "base/stop.h"
#include "compile/cache.h"
#include "compile/headers.h"
#include "compile/source.h"
#include "front/common.h"

static struct options {
	const char *file;
	const char *dir;
	bool want_all;
	bool is_verbose;
	struct front_info info;
} options;

#define O(field, key, name, arg, parse, ...) \
	OPT(struct options, field, key, name, arg, parse, __VA_ARGS__)

static const struct opt opts[] = {
	O(file, 'f', "for", "FILE", opt_string, .complete = "file",
	  .help = "only the types that this C program names",
	  .more = "It compiles faster with these alone; for another program "
		  "the tree is of no use."),
	O(want_all, 'a', "all", NULL, opt_true,
	  .help = "every type of the kernel",
	  .more = "For a program that finds a type missing. It compiles more "
		  "slowly, and a name of its own is more likely to be the "
		  "name of something in the kernel too."),
	O(is_verbose, 'v', "verbose", NULL, opt_true,
	  .help = "say what is done and how long it takes"),
	FRONT_INFO_OPTS(info),
	OPT_END,
};

static const struct opt_help help = {
	.synopsis = "[OPTION]... [DIR]",
	.purpose = "Make kernel headers for BCC programs from the running "
		   "kernel's BTF and print where they are: in DIR, or kept "
		   "for the next time.",
	.examples =
		"BCC_KERNEL_SOURCE=$(kheaders-c) tcplife-bpfcc\n"
		"kheaders-c /usr/local/src/kheaders    # in a place of your own\n"
		"kheaders-c --for prog.c -v            # fewer types, faster\n",
};

static int words_check(int argc, char **argv, int next, struct parse_err *err)
{
	if (options.file && options.want_all)
		return parse_fail(err, "--for and --all exclude each other");
	if (next + 1 < argc)
		return parse_fail(err, "'%s': one DIR is enough (see --help)",
				  argv[next + 1]);
	if (next < argc && !*argv[next])
		return parse_fail(err, "DIR is empty");
	options.dir = next < argc ? argv[next] : NULL;
	return 0;
}

static int get_kept(const char *text, struct headers_opts *o, struct headers *h,
		    char *err, size_t size)
{
	int cache = cache_open(CACHE_DIR), ret;

	if (cache < 0) {
		snprintf(err, size,
			 "cannot keep headers in %s: %s (name a directory for "
			 "them, or run it as root)",
			 CACHE_DIR, error_words(cache));
		return cache;
	}
	close(cache);
	o->cache_dir = CACHE_DIR;
	ret = headers_get(text, o, h, err, size);
	if (ret || !h->is_temporary)
		return ret;
	snprintf(err, size, "%s (name a directory for them)", h->note);
	headers_release(h);
	return -EIO;
}

static int get(const char *text, struct headers *h, char *err, size_t size)
{
	struct headers_opts o = {
		.choice = HEADERS_BTF,
		.reach = options.file	    ? BTF_NAMED
			 : options.want_all ? BTF_ALL
					    : BTF_REACHED,
	};

	return options.dir ? headers_fill(text, &o, options.dir, h, err, size)
			   : get_kept(text, &o, h, err, size);
}

static void say(const struct headers *h, uint64_t ns)
{
	log_debug("%s: %zu types from %s, %s %.0f ms", h->source, h->nr_types,
		  HEADERS_BTF_PATH,
		  h->was_kept	   ? "found in"
		  : h->was_damaged ? "was damaged, made anew in"
				   : "made in",
		  ns / 1e6);
}

static int run(void)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC);
	char err[PATH_MAX + 256], *text = NULL;
	struct headers h;
	int ret = -EINVAL;

	if (options.file)
		text = source_read(options.file, err, sizeof(err));
	/* So that a signal leaves no half of a tree. */
	stop_hold();
	if (text || !options.file)
		ret = get(text ?: "", &h, err, sizeof(err));
	stop_obey();
	free(text);
	if (ret) {
		log_err("%s", err);
		return EXIT_FAILURE;
	}
	say(&h, clock_ns(CLOCK_MONOTONIC) - start);
	puts(h.source);
	headers_release(&h);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct parse_err err;
	int next;

	if (!front_begin("kheaders-c"))
		return EXIT_FAILURE;
	next = opt_parse(opts, argc, argv, &options, &err);
	if (next >= 0 &&
	    front_info_print(&options.info, "kheaders-c", opts, &help))
		return front_finish_stdout(EXIT_SUCCESS);
	if (next < 0 || words_check(argc, argv, next, &err))
		return front_exit(front_parse_failed(next, &err));
	log_set_level(options.is_verbose ? LOG_VERBOSE : LOG_NORMAL);
	return front_finish_stdout(run());
}
