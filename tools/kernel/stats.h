/* SPDX-License-Identifier: GPL-2.0 */
/* The programs' own counters, summed over all CPUs. */
#ifndef STATS_H
#define STATS_H

#include <linux/types.h>

#include "event.h"

/*
 * Room for one of each possible CPU, to be freed; NULL on lack of memory. Had at
 * the start, so that a run that is to be accounted for can be.
 */
struct hook_stats *stats_room(void);

/* Slot INDEX of the per-CPU array MAP_FD, by way of ROOM. 0 or -errno. */
int stats_read(int map_fd, int index, struct hook_stats *room,
	       struct hook_stats *sum);

#endif
