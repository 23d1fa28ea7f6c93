/* SPDX-License-Identifier: GPL-2.0 */
/* What trace.c sets up, and run.c keeps while a run goes on: theirs alone. */
#ifndef RUN_STATE_H
#define RUN_STATE_H

#include "base/loop.h"
#include "base/out.h"
#include "front/counts.h"
#include "front/follow.h"
#include "front/run.h"
#include "front/watch.h"

struct run {
	const struct run_opts *opts;
	const struct run_tool *tool;
	struct session_plan plan;
	struct image
		*images[SESSION_PARTS + 1]; /* of the parts, and the extra */
	struct loop *loop;
	struct session session;
	struct iface_table *ifaces;
	struct out *out;
	struct view view;
	uint64_t boot_ns; /* real-time clock minus CLOCK_MONOTONIC */
	uint64_t nr_rows; /* shown, where -c limits them */
	struct counts counts;
	size_t part; /* whose event is being taken */
	struct follow follow;
	struct watch *watch; /* NULL without --watch */
	int cost_fd;	     /* while it is open, the kernel measures; or -1 */
	size_t nr_programs;
	const struct run_program *late; /* the extra one, to be compiled */
	uint64_t end_ns; /* where -d says, CLOCK_MONOTONIC; or 0 */
	bool has_failed;
	int out_err;
	bool is_done; /* all that was asked for has come */
	bool is_stopped;
};

/* Callbacks: of the loop, and as struct events_opts wants them. */
void run_signal(void *arg, int sig);
void run_event(void *arg, const void *raw, size_t size);
void run_arrived(void *arg);
void run_batch_end(void *arg);

/* All is attached: until the end, and the summary. The exit status. */
int run_until_end(struct run *s);

#endif
