/* SPDX-License-Identifier: GPL-2.0 */
/* Where the events of a run have gone, and that it all adds up. */
#ifndef COUNTS_H
#define COUNTS_H

#include <stdint.h>

#include "kernel/session.h"
#include "view/view.h"

/* Events that do not count as matched after all. */
struct counts_out {
	uint64_t late;	   /* came after the last one that was asked for */
	uint64_t filtered; /* that only user space could tell */
};

struct counts {
	uint64_t recorded; /* that rows stand for */
	uint64_t bad;	   /* made no sense */
	uint64_t made;	   /* rows that came of no event */
	uint64_t silent;   /* were no row */
	uint64_t unowned;  /* whose owner a filter needed and nobody knows */
	struct counts_out out[SESSION_PARTS]; /* by the part that sent them */
};

/* What the programs of one part of the session have counted themselves. */
struct counts_part {
	const char *hook;   /* its name */
	const char *ifname; /* "" for all interfaces */
	struct hook_stats stats;
	struct counts_out out; /* of its events */
};

/*
 * Read the counters of the kernel's side: of each part of S that can be read,
 * in their order. Their number; PARTS has room for SESSION_PARTS. The names
 * are the session's and its plan's.
 */
size_t counts_read(const struct counts *c, const struct session *s,
		   struct counts_part *parts);

/*
 * Fill the numbers and hooks of SUM from C and the NR parts, where PENDING rows
 * are still to be written; the schema and advice of SUM stay as they are. How
 * many events are on their way. Pure. What holds afterwards:
 *
 *	seen = filtered + matched
 *	matched = shown + lost_submit + lost_ring + lost_view
 *		  + on their way + c->silent
 *
 * The hooks' seen add up to seen, and their matched to matched.
 */
uint64_t counts_sum(const struct counts *c, const struct counts_part *parts,
		    size_t nr, uint64_t pending, struct summary *sum);

#endif
