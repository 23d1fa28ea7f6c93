/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is done with the event of a segment: find out whose it is, write it to a
 * file, and show it as a packet or give it to the tool.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include "front/segment_tool.h"

struct segments;

/* TOOL, whose options are complete, must live. NULL on lack of memory. */
struct segments *segments_new(const struct segment_tool *tool);

/*
 * Fill in what a run needs of it; EXTRA is the program of bpf_src/owner.c. 0 or
 * -ENOMEM.
 */
int segments_tool(struct segments *s, struct run_tool *run_tool,
		  struct run_program *extra, size_t *nr_extra);

/* Null-safe. */
void segments_free(struct segments *s);

#endif
