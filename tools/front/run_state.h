/* SPDX-License-Identifier: GPL-2.0 */
/* What trace.c sets up, and run.c keeps while a run goes on: theirs alone. */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include "front/counts.h"
#include "front/engine.h"
#include "front/follow.h"
#include "front/run.h"
#include "front/watch.h"

struct run {
	struct engine engine;
	const struct run_opts *opts;
	const struct run_tool *tool;
	struct session_plan plan;
	struct image
		*images[SESSION_PARTS + 1]; /* of the parts, and the extra */
	struct session session;
	struct iface_table *ifaces;
	struct view view;
	uint64_t boot_ns; /* real-time clock minus CLOCK_MONOTONIC */
	struct counts counts;
	size_t part; /* whose event is being taken */
	struct follow follow;
	struct watch *watch; /* NULL without --watch */
	int cost_fd;	     /* while it is open, the kernel measures; or -1 */
	size_t nr_programs;
	const struct run_program *late; /* the extra one, to be compiled */
	uint64_t patience_ns; /* until when it is waited for after the end */
};

extern const struct engine_ops run_engine_ops;

/* Callbacks, as struct events_opts wants them. */
void run_event(void *arg, const void *raw, size_t size);
void run_arrived(void *arg);
void run_batch_end(void *arg);

/* All is attached: until the end, and the summary. As run_trace(). */
int run_until_end(struct run *run);

#endif
