// SPDX-License-Identifier: GPL-2.0
#include "front/counts.h"

#include <string.h>

/* The counters of all parts, and each one's own for the summary. */
static void stats_sum(const struct counts *c, const struct session *s,
		      struct hook_stats *all, struct summary *sum)
{
	const struct session_plan *plan = s->plan;
	struct hook_stats st;
	size_t i;

	memset(all, 0, sizeof(*all));
	for (i = 0; i < plan->nr_parts; i++) {
		if (session_stats(s, i, &st))
			continue;
		all->seen += st.seen;
		all->matched += st.matched;
		all->submitted += st.submitted;
		all->ring_full += st.ring_full;
		all->submit_failed += st.submit_failed;
		sum->hooks[sum->nr_hooks++] = (struct summary_hook){
			.name = plan->parts[i].ops->name,
			.ifname = plan->ifnames[0] && !plan->ifnames[1]
					  ? plan->ifnames[0]
					  : "",
			.seen = st.seen,
			/* What came late does not belong to the run. */
			.matched = st.matched - c->left_out[i],
		};
	}
	all->matched += c->made;
	all->submitted += c->made;
	sum->hooks[0].matched += c->made;
}

uint64_t counts_sum(const struct counts *c, const struct session *s,
		    uint64_t pending, struct summary *sum)
{
	struct hook_stats st;

	if (pending > c->recorded)
		pending = c->recorded; /* the header line is one too */
	sum->shown = c->recorded - pending;
	sum->lost_view = c->bad + pending;
	stats_sum(c, s, &st, sum);
	sum->seen = st.seen - c->late;
	sum->filtered = st.seen - st.matched + c->filtered;
	sum->matched = st.matched - c->late - c->filtered;
	sum->lost_submit = st.submit_failed;
	sum->lost_ring = st.ring_full;
	return st.submitted - c->recorded - c->bad - c->silent - c->filtered -
	       c->late;
}
