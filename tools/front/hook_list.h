/* SPDX-License-Identifier: GPL-2.0 */
/* The hooks that a command line asks for: --hook, and what it says of itself. */
#ifndef HOOK_LIST_H
#define HOOK_LIST_H

#include "base/opt.h"
#include "kernel/session.h"

struct hook_list {
	const struct hook_ops *ops[SESSION_PARTS];
	size_t nr;
};

/*
 * For a table: "xdp,tc" into a struct hook_list, each at most once and one of
 * those that the option names. Returns and fills ERR as in opt.h.
 */
int hook_list_parse(const struct opt *o, const char *arg, void *field,
		    struct parse_err *err);

/* For opt.object: the names of hooks[]. */
const char *hook_list_name(size_t nr, const char **what);

/*
 * Whether the hooks can do what is asked for beside them: on interfaces that
 * are named or on all, outgoing packets too. 0, or -EINVAL as in parse.h.
 */
int hook_list_check(const struct hook_list *list, bool has_interface,
		    bool want_out, struct parse_err *err);

#endif
