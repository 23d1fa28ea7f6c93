/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The anatomy that all tools share: the way through main(). A tool has a table
 * of options (those that several tools obey are rows of run_opts.h), a text for
 * its program, and its examples.
 */
#ifndef FRONT_H
#define FRONT_H

#include "base/opt.h"
#include "compile/expr.h"
#include "compile/filter.h"
#include "compile/pcap.h"
#include "front/run.h"
#include "front/run_opts.h"

struct front {
	/* "tcpsnoop-c"; without "-c" it is how the names of the tool's texts
	 * and of the functions of its programs start. */
	const char *name;
	const struct opt *opts; /* all of them: see run_opts.h */
	const struct opt_help *help;
	void *options;		 /* what opts fill */
	struct run_opts *common; /* a part of it */
	/* Check what fits together and fill in the tool's part of *common. 0 or
	 * -EINVAL as in parse.h. */
	int (*prepare)(void *options, struct parse_err *err);
	/* The words behind the options, NULL-ended, which then are none; NULL:
	 * there may be none. 0, -EINVAL as in parse.h, or -ENOMEM. */
	int (*words)(void *options, char *const *words, struct parse_err *err);
	/* common->place is known: check what fits it. As prepare(). NULL: all
	 * does. */
	int (*placed)(void *options, struct parse_err *err);
	/*
	 * The text for one of the hooks that are asked for: the PROGRAM, of
	 * which all but the text is filled in. Allocated; NULL on lack of
	 * memory.
	 */
	char *(*text)(const void *options, const struct run_program *program);
	/* Hooks that -k may name, NULL-ended; the first is the default. NULL:
	 * the tool has one hook, the tracepoints, and no -k. */
	const struct hook_ops *const *hooks;
	struct run_tool tool;
	/* Or, where that hangs on options: fill in TOOL, and in EXTRA what is to
	 * be compiled in addition (*NR_EXTRA 1). 0 or -errno. */
	int (*make)(void *options, struct run_tool *tool,
		    struct run_program *extra, size_t *nr_extra);
	enum expr_scope fields; /* what -e knows, for --fields */
	/* What --source combines with: parts of options; words may be NULL. */
	const struct filter *filter;
	const struct pcap_filter *pcap;
	/* Free what parsing allocated. */
	void (*release)(void *options);
};

/* All of main(): parse, print or trace. The exit status. */
int front_main(const struct front *f, int argc, char **argv);

#define FRONT_DEFAULTS .compile_limit_s = 30

#endif
