// SPDX-License-Identifier: GPL-2.0
#include "kernel/cost.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>

int cost_measure(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	return fd < 0 ? -errno : fd;
}

int cost_of(int prog_fd, struct prog_cost *cost)
{
	struct bpf_prog_info info = {};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &size))
		return -errno;
	*cost = (struct prog_cost){
		.runs = info.run_cnt,
		.ns = info.run_time_ns,
		.nr_insns = info.xlated_prog_len / sizeof(struct bpf_insn),
		.nr_jited = info.jited_prog_len,
		.nr_verified = info.verified_insns,
	};
	return 0;
}
