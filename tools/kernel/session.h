/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An image at work: its maps, programs, hooks, perf buffers and counters, from
 * the first load to the last event.
 */
#ifndef SESSION_H
#define SESSION_H

#include <linux/types.h>

#include "base/loop.h"
#include "event.h"
#include "kernel/events.h"
#include "kernel/hook.h"
#include "kernel/load.h"

#define SESSION_HOOKS 8

struct session_plan {
	const struct hook_ops *hooks[SESSION_HOOKS]; /* ended by NULL */
	struct hook_where where;
	struct events_opts events; /* map_fd is filled in */
};

struct session {
	const struct session_plan *plan;
	struct loaded loaded;
	struct hook hooks[SESSION_HOOKS];
	int prog_fds[SESSION_HOOKS];
	size_t nr_hooks;
	struct events *events;
};

/*
 * Maps, programs and perf buffers, nothing attached yet. IMG and PLAN stay the
 * caller's and must live as long. 0, or -errno with ERR filled.
 */
int session_open(struct session *s, const struct image *img,
		 const struct session_plan *plan, struct loop *loop,
		 struct load_error *err);

/* From now on every packet counts. 0, or -errno with ERR filled. */
int session_attach(struct session *s, struct load_error *err);

/* No program runs any more: the counters are final. May be called twice. */
void session_detach(struct session *s);

/* The sum of all counters so far. 0 or -errno. */
int session_stats(const struct session *s, struct hook_stats *sum);

/* Harmless on a zeroed or half-open session. */
void session_close(struct session *s);

#endif
