// SPDX-License-Identifier: GPL-2.0
#include "front/counts.h"

#include <string.h>

size_t counts_read(const struct counts *c, const struct session *s,
		   struct counts_part *parts)
{
	const struct session_plan *plan = s->plan;
	size_t i, nr = 0;

	for (i = 0; i < plan->nr_parts; i++) {
		if (session_stats(s, i, &parts[nr].stats))
			continue;
		parts[nr].hook = plan->parts[i].ops->name;
		parts[nr].ifname = plan->ifnames[0] && !plan->ifnames[1]
					   ? plan->ifnames[0]
					   : "";
		parts[nr].out = c->out[i];
		nr++;
	}
	return nr;
}

/* All parts together in ALL, and each one's own for the summary. */
static void parts_sum(const struct counts_part *parts, size_t nr,
		      struct counts_part *all, struct summary *sum)
{
	const struct counts_part *p;

	memset(all, 0, sizeof(*all));
	for (p = parts; p < parts + nr; p++) {
		all->stats.seen += p->stats.seen;
		all->stats.matched += p->stats.matched;
		all->stats.submitted += p->stats.submitted;
		all->stats.ring_full += p->stats.ring_full;
		all->stats.submit_failed += p->stats.submit_failed;
		all->out.late += p->out.late;
		all->out.filtered += p->out.filtered;
		sum->hooks[sum->nr_hooks++] = (struct summary_hook){
			.name = p->hook,
			.ifname = p->ifname,
			/* What came late does not belong to the run. */
			.seen = p->stats.seen - p->out.late,
			.matched = p->stats.matched - p->out.late -
				   p->out.filtered,
		};
	}
}

uint64_t counts_sum(const struct counts *c, const struct counts_part *parts,
		    size_t nr, uint64_t pending, struct summary *sum)
{
	struct counts_part all;
	uint64_t out;

	if (pending > c->recorded)
		pending = c->recorded; /* the header line is one too */
	sum->shown = c->recorded - pending;
	sum->lost_view = c->bad + pending;
	parts_sum(parts, nr, &all, sum);
	out = all.out.late + all.out.filtered;
	sum->seen = all.stats.seen - all.out.late;
	sum->filtered =
		all.stats.seen - all.stats.matched - c->made + all.out.filtered;
	sum->matched = all.stats.matched + c->made - out;
	sum->hooks[0].matched += c->made;
	sum->lost_submit = all.stats.submit_failed;
	sum->lost_ring = all.stats.ring_full;
	sum->lost_owner = c->unowned;
	return all.stats.submitted + c->made - c->recorded - c->bad -
	       c->silent - c->unowned - out;
}
