/* SPDX-License-Identifier: GPL-2.0 */
/* What the command lines of all tools have in common, whatever their shape. */
#ifndef COMMON_H
#define COMMON_H

#include <stdbool.h>

#include "base/opt.h"

/* Beside EXIT_SUCCESS and EXIT_FAILURE. */
#define EXIT_USAGE 2
#define EXIT_LOST 3 /* with --strict */

/* The exit status for what a run has returned: 0, -EINVAL for wrong usage,
 * -ENOBUFS for something lost under --strict, any other -errno for failure. */
int front_exit(int ret);

/* For a table: "eth0,eth1", a struct name_list; pages, a power of two. */
int front_parse_names(const struct opt *o, const char *arg, void *field,
		      struct parse_err *err);
int front_parse_pages(const struct opt *o, const char *arg, void *field,
		      struct parse_err *err);

/* Options that only print, for a table that has an O(), and a struct
 * front_info in the options that it fills. */
struct front_info {
	bool want_help;
	bool want_version;
	bool want_man;
	bool want_completion;
};

#define FRONT_INFO_OPTS(info)                                                \
	O(info.want_help, 'h', "help", NULL, opt_true, .help = "this text"), \
		O(info.want_version, 'V', "version", NULL, opt_true,         \
		  .help = "print the version"),                              \
		O(info.want_man, 0, "man-options", NULL, opt_true),          \
		O(info.want_completion, 0, "completion", NULL, opt_true)

/* Print what is asked for; false when nothing is. */
bool front_info_print(const struct front_info *info, const char *program,
		      const struct opt *opts, const struct opt_help *help);

/*
 * May this process trace, in another namespace too where NETNS is not NULL?
 * What is missing has been said. Lifts the limits of locked memory and of open
 * files where it may.
 */
bool front_may_trace(const char *netns);

/* Say why parsing has failed, with RET and ERR as in parse.h. For front_exit(). */
int front_parse_failed(int ret, const struct parse_err *err);

/*
 * The first thing that a tool does: messages begin with PROGRAM, closed standard
 * descriptors are opened, and a file that reaches the limit of its size is an
 * error of write(2), not the end of the process. False, and said: stdout was
 * closed.
 */
bool front_begin(const char *program);

/* The exit status RET, or EXIT_FAILURE, said, when stdout takes no more. */
int front_finish_stdout(int ret);

#endif
