/* SPDX-License-Identifier: GPL-2.0 */
/* Where the events of a run have gone, and that it all adds up. */
#ifndef COUNTS_H
#define COUNTS_H

#include <stdint.h>

#include "kernel/session.h"
#include "view/view.h"

struct counts {
	uint64_t recorded; /* that rows stand for */
	uint64_t late;	   /* came after the last one that was asked for */
	uint64_t bad;	   /* made no sense */
	uint64_t made;	   /* rows that came of no event */
	uint64_t silent;   /* were no row */
	uint64_t filtered; /* that only user space could tell */
	uint64_t left_out[SESSION_PARTS]; /* late or filtered, by part */
};

/*
 * SUM as of now, PENDING rows of it still to be written; its schema and advice
 * stay as they are. How many events are on their way.
 */
uint64_t counts_sum(const struct counts *c, const struct session *s,
		    uint64_t pending, struct summary *sum);

#endif
