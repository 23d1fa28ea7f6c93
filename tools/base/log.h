/* SPDX-License-Identifier: GPL-2.0 */
/* What a tool says to people: stderr only, one line a call. */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

enum log_level {
	LOG_QUIET, /* errors only */
	LOG_NORMAL,
	LOG_VERBOSE,
};

/* The name in front of every line; kept by reference. */
void log_init(const char *name);

/* The name given to log_init(). */
const char *log_program(void);

/* Default LOG_NORMAL. */
void log_set_level(enum log_level level);

bool log_is_verbose(void);

/*
 * "PROGRAM: TEXT\n" in one write(2) of at most 4,096 bytes. log_err() always
 * prints, log_warn() and log_info() unless LOG_QUIET, log_debug() only with
 * LOG_VERBOSE. Text that came from outside is shown as it is, but for control
 * characters (newlines included), which become '?', so that a file name cannot
 * forge a line.
 */
void log_err(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * TEXT, several lines allowed, each indented by two blanks and cleaned as above
 * (tabs stay): compiler output and verifier logs under a log_err(). Always
 * printed.
 */
void log_block(const char *text);

#endif
