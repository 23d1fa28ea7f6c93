/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run of a tool, from a program's text to the summary: compile, load,
 * attach, show what comes, count, and end cleanly whatever happens.
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stdint.h>

/* What all tools are asked on their command lines; see front.h. */
struct run_opts {
	int hook; /* index into hooks[] */
	const char *ifname;
	const char *netns;
	uint64_t count; /* 0: no end */
	uint64_t duration_ns;
	int output;	/* 0: text, 1: JSON */
	int headers;	/* enum headers_choice */
	uint32_t pages; /* 0: the default */
	uint32_t wakeup;
	uint32_t compile_limit_s;
	const char *source; /* the file that the text came from, or NULL */
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

	/* The tool's own part, not options. */
	const char *text_name; /* of its program, in diagnostics */
	const char *what;      /* "incoming TCP", for the "tracing" line */
	bool want_out;	       /* outgoing packets too */
};

#define EXIT_USAGE 2
#define EXIT_LOST 3

/* Trace until the end. The exit status; what went wrong has been said. */
int run_trace(const struct run_opts *o, const char *text);

/* Compile TEXT and print the bytecode on stdout. The exit status. */
int run_print_bytecode(const struct run_opts *o, const char *text);

#endif
