/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows for the options tables of tools that trace, each group for the tools
 * that obey it. A table that uses them has an O() and options with a struct
 * run_opts named "common".
 */
#ifndef RUN_OPTS_H
#define RUN_OPTS_H

#include "base/opt.h"
#include "front/common.h"
#include "front/run.h"

extern const char *const run_headers_names[];

/* Where to look. */
#define INTERFACE_OPT                                                  \
	O(common.ifnames, 'i', "interface", "LIST", front_parse_names, \
	  .help = "interface(s): eth0 or eth0,eth1 (default: all)",    \
	  .complete = "interface")
#define NETNS_OPT                                                  \
	O(common.netns, 'N', "netns", "NAME|PID|PATH", opt_string, \
	  .help = "look in this network namespace", .complete = "file")
#define HOOK_OPT                                                     \
	O(common.hooks, 'k', "hook", "LIST", hook_list_parse,        \
	  .help = "where to look", .object = hook_list_name,         \
	  .more = "Several may be named, as in xdp,tc,socket: each " \
		  "packet then shows once at each.")

/* What every run obeys. NOUNS: what -c counts, "packets". */
#define RUN_OPTS(nouns)                                                        \
	O(common.count, 'c', "count", "N", opt_u64, .min = 1,                  \
	  .help = "stop after N " nouns),                                      \
		O(common.duration_ns, 'd', "duration", "SECONDS", opt_seconds, \
		  .help = "stop after this time"),                             \
		O(common.output, 'o', "output", "FORMAT", opt_choice,          \
		  .help = "output format", .object = view_name),               \
		O(common.is_quiet, 'q', "quiet", NULL, opt_true,               \
		  .help = "say nothing but errors on stderr"),                 \
		O(common.is_strict, 0, "strict", NULL, opt_true,               \
		  .help = "exit with 3 when anything was lost")

/* How programs are compiled and buffers made. LIMIT_S and PAGES: the
 * defaults, as text. */
#define COMPILE_OPTS(limit_s, pages_)                                          \
	O(common.headers, 0, "headers", "btf|kernel|auto", opt_choice,         \
	  .help = "kernel types from BTF, from real headers, or what is "      \
		  "there",                                                     \
	  .choices = run_headers_names),                                       \
		O(common.no_cache, 0, "no-cache", NULL, opt_true,              \
		  .help = "ignore cached programs and compile"),               \
		O(common.compile_limit_s, 0, "compile-limit", "SECONDS",       \
		  opt_u32, .min = 1, .max = 3600,                              \
		  .help = "stop the compiler after so long (default: " limit_s \
			  ")"),                                                \
		O(common.pages, 0, "pages", "N", front_parse_pages, .min = 1,  \
		  .max = 65536,                                                \
		  .help = "perf buffer size in pages a CPU, a power of "       \
			  "two" pages_),                                       \
		O(common.want_bytecode, 0, "print-bytecode", NULL, opt_true,   \
		  .help = "print what it compiles to")

/* Tools with a text of their own: what can be seen and changed of it. */
#define TEXT_OPTS                                                          \
	O(common.is_verbose, 'v', "verbose", NULL, opt_true,               \
	  .help = "all fields in text; on stderr what is done and how "    \
		  "long"),                                                 \
		O(common.wakeup, 0, "wakeup", "N", opt_u32, .min = 1,      \
		  .max = 65536,                                            \
		  .help = "read events N at a time, or after 20 ms",       \
		  .more = "The programs then send each event by itself. "  \
			  "By default they send up to 16 together, and "   \
			  "16 KiB are read at a time, at most an eighth "  \
			  "of the buffer."),                               \
		O(common.source, 0, "source", "FILE", opt_string,          \
		  .complete = "file",                                      \
		  .help = "run this C program, as --print-source gives "   \
			  "it"),                                           \
		O(common.want_watch, 0, "watch", NULL, opt_true,           \
		  .help = "run it anew whenever it is saved, without "     \
			  "missing a packet"),                             \
		O(common.want_source, 0, "print-source", NULL, opt_true,   \
		  .help = "print the C program that would run"),           \
		O(common.want_explain, 0, "explain", NULL, opt_true,       \
		  .help = "tell what happens at each stage, from options " \
			  "to costs"),                                     \
		O(common.want_stats, 0, "stats", NULL, opt_true,           \
		  .help = "print each program's average run time at the "  \
			  "end"),                                          \
		O(common.want_check, 0, "check", NULL, opt_true,           \
		  .help = "say what this machine can do, and what not "    \
			  "and why")

/* Tools that show packets. */
#define HEX_OPT                                                            \
	O(common.want_hex, 'x', "hex", NULL, opt_true,                     \
	  .help = "show the payload too, in hex and ASCII",                \
	  .more = "Of each packet at most 4,096 bytes from its IP header " \
		  "on; what is cut off is said.")
#define RAW_SEQ_OPT                                            \
	O(common.want_raw_seq, 'S', "raw-seq", NULL, opt_true, \
	  .help = "sequence numbers as they are, not relative")

/* Tools with -e (FILTER_EXPR). */
#define FIELDS_OPT                                                         \
	O(common.want_fields, 0, "fields", NULL, opt_true,                 \
	  .help = "list what -e knows: name, type, unit, and where it is " \
		  "from")

#endif
