// SPDX-License-Identifier: GPL-2.0
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const char *program = "";
static enum log_level level = LOG_NORMAL;

void log_init(const char *name)
{
	program = name;
}

const char *log_program(void)
{
	return program;
}

void log_set_level(enum log_level new_level)
{
	level = new_level;
}

bool log_is_verbose(void)
{
	return level >= LOG_VERBOSE;
}

/* A lost message has nowhere to be reported: give up silently. */
static void write_stderr(const char *p, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(STDERR_FILENO, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		len -= n;
	}
}

/* PIPE_BUF bytes at most, so that lines of two processes never mix. */
static void write_line(char line[PIPE_BUF], const char *keep)
{
	size_t len;

	text_clean(line, keep);
	len = strnlen(line, PIPE_BUF - 1);
	line[len++] = '\n';
	write_stderr(line, len);
}

static void say(const char *fmt, va_list ap)
{
	char line[PIPE_BUF];
	int len;

	len = snprintf(line, sizeof(line), "%.64s: ", program);
	vsnprintf(line + len, sizeof(line) - len, fmt, ap);
	write_line(line, "");
}

#define SAY(fmt)                   \
	do {                       \
		va_list ap;        \
		va_start(ap, fmt); \
		say(fmt, ap);      \
		va_end(ap);        \
	} while (0)

void log_err(const char *fmt, ...)
{
	SAY(fmt);
}

void log_warn(const char *fmt, ...)
{
	if (level > LOG_QUIET)
		SAY(fmt);
}

void log_info(const char *fmt, ...)
{
	if (level > LOG_QUIET)
		SAY(fmt);
}

void log_debug(const char *fmt, ...)
{
	if (level >= LOG_VERBOSE)
		SAY(fmt);
}

void log_block(const char *text)
{
	char line[PIPE_BUF];
	int len;

	while (*text) {
		len = strcspn(text, "\n");
		snprintf(line, sizeof(line), "  %.*s", len, text);
		write_line(line, "\t");
		text += len;
		text += *text == '\n';
	}
}
