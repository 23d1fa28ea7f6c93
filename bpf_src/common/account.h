/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every packet is counted where its way ends (struct hook_stats), and every
 * segment that matched is sent as an event.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#ifndef ENOSPC
#define ENOSPC 28
#endif

BPF_PERCPU_ARRAY(stats, struct hook_stats, 1);
BPF_PERF_OUTPUT(events);

static inline struct hook_stats *stats_slot(void)
{
	int zero = 0;

	return stats.lookup(&zero);
}

static inline void stats_lost(struct hook_stats *st, int err, u32 nr)
{
	if (err == -ENOSPC)
		st->ring_full += nr;
	else
		st->submit_failed += nr;
}

static inline void stats_submitted(struct hook_stats *st, int err)
{
	if (err)
		stats_lost(st, err, 1);
	else
		st->submitted++;
}

#endif
