/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tcpsnoop-c does with the event of a segment: find out whose it is, show
 * it as a packet, write it to a file.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include "front/capture.h"
#include "front/run.h"

#define SEGMENT_DEFAULTS .max_flows = 65536

struct segment_opts {
	uint32_t max_flows; /* whose sequence numbers are known */
	bool no_owner;
	uint32_t pid;	    /* 0: any */
	const char *comm;   /* NULL: any */
	const char *cgroup; /* path in the cgroup2 tree, NULL: any */
	const struct capture_opts *capture;
	/* Packets of other ones do not come; NULL: all may. */
	const struct range_set *local_ports;
	bool is_narrow; /* there is another filter, too */
};

/* The callbacks and programs for TOOL, whose arg they take. OPTS must live. */
struct segments *segments_new(const struct segment_opts *opts,
			      const struct run_opts *run_opts);

/* Fill in what a run needs of it; EXTRA is the program of bpf_src/owner.c. */
void segments_tool(struct segments *s, struct run_tool *tool,
		   struct run_program *extra, size_t *nr_extra);

/* Null-safe. */
void segments_free(struct segments *s);

/* Packets that belong to a process, a name or a cgroup only. */
static inline bool segment_opts_want_owner(const struct segment_opts *o)
{
	return o->pid || o->comm || o->cgroup;
}

#endif
