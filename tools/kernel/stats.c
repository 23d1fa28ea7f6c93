// SPDX-License-Identifier: GPL-2.0
#include "kernel/stats.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct hook_stats *stats_room(void)
{
	int nr = libbpf_num_possible_cpus();

	return nr < 0 ? NULL : calloc(nr, sizeof(struct hook_stats));
}

int stats_read(int map_fd, int index, struct hook_stats *room,
	       struct hook_stats *sum)
{
	int cpu, nr = libbpf_num_possible_cpus();

	if (nr < 0)
		return nr;
	memset(sum, 0, sizeof(*sum));
	if (bpf_map_lookup_elem(map_fd, &index, room))
		return -errno;
	for (cpu = 0; cpu < nr; cpu++) {
		sum->seen += room[cpu].seen;
		sum->matched += room[cpu].matched;
		sum->submitted += room[cpu].submitted;
		sum->ring_full += room[cpu].ring_full;
		sum->submit_failed += room[cpu].submit_failed;
	}
	return 0;
}
