/* SPDX-License-Identifier: GPL-2.0 */
/* What the command lines of all tools have in common, whatever their shape. */
#ifndef COMMON_H
#define COMMON_H

#include <stdbool.h>

#include "base/opt.h"

/* For a table: "eth0,eth1", a struct name_list; pages, a power of two. */
int front_parse_names(const struct opt *o, const char *arg, void *field,
		      struct parse_err *err);
int front_parse_pages(const struct opt *o, const char *arg, void *field,
		      struct parse_err *err);

/* Open what standard descriptors are closed. False, and said: stdout was. */
bool front_has_stdout(void);

/* The exit status RET, or EXIT_FAILURE, said, when stdout takes no more. */
int front_finish_stdout(int ret);

#endif
