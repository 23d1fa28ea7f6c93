/* SPDX-License-Identifier: GPL-2.0 */
/* The programs' own counters, summed over all CPUs. */
#ifndef STATS_H
#define STATS_H

#include <linux/types.h>

#include "event.h"

/* Slot INDEX of the per-CPU array MAP_FD. 0 or -errno. */
int stats_read(int map_fd, int index, struct hook_stats *sum);

#endif
