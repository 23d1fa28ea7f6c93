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
		parts[nr].left_out = c->left_out[i];
		nr++;
	}
	return nr;
}

/* The counters of all parts, and each one's own for the summary. */
static void stats_sum(const struct counts *c, const struct counts_part *parts,
		      size_t nr, struct hook_stats *all, struct summary *sum)
{
	const struct counts_part *p;

	memset(all, 0, sizeof(*all));
	for (p = parts; p < parts + nr; p++) {
		all->seen += p->stats.seen;
		all->matched += p->stats.matched;
		all->submitted += p->stats.submitted;
		all->ring_full += p->stats.ring_full;
		all->submit_failed += p->stats.submit_failed;
		sum->hooks[sum->nr_hooks++] = (struct summary_hook){
			.name = p->hook,
			.ifname = p->ifname,
			.seen = p->stats.seen,
			/* What came late does not belong to the run. */
			.matched = p->stats.matched - p->left_out,
		};
	}
	all->matched += c->made;
	all->submitted += c->made;
	sum->hooks[0].matched += c->made;
}

uint64_t counts_sum(const struct counts *c, const struct counts_part *parts,
		    size_t nr, uint64_t pending, struct summary *sum)
{
	struct hook_stats st;

	if (pending > c->recorded)
		pending = c->recorded; /* the header line is one too */
	sum->shown = c->recorded - pending;
	sum->lost_view = c->bad + pending;
	stats_sum(c, parts, nr, &st, sum);
	sum->seen = st.seen - c->late;
	sum->filtered = st.seen - st.matched + c->filtered;
	sum->matched = st.matched - c->late - c->filtered;
	sum->lost_submit = st.submit_failed;
	sum->lost_ring = st.ring_full;
	return st.submitted - c->recorded - c->bad - c->silent - c->filtered -
	       c->late;
}
