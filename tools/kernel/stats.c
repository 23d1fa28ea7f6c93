// SPDX-License-Identifier: GPL-2.0
#include "kernel/stats.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int stats_read(int map_fd, int index, struct hook_stats *sum)
{
	int cpu, err = 0, nr = libbpf_num_possible_cpus();
	struct hook_stats *st;

	if (nr < 0)
		return nr;
	st = calloc(nr, sizeof(*st));
	if (!st)
		return -ENOMEM;
	memset(sum, 0, sizeof(*sum));
	if (bpf_map_lookup_elem(map_fd, &index, st))
		err = -errno;
	for (cpu = 0; !err && cpu < nr; cpu++) {
		sum->seen += st[cpu].seen;
		sum->matched += st[cpu].matched;
		sum->submitted += st[cpu].submitted;
		sum->ring_full += st[cpu].ring_full;
		sum->submit_failed += st[cpu].submit_failed;
	}
	free(st);
	return err;
}
