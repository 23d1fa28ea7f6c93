// SPDX-License-Identifier: GPL-2.0
#include "view/view.h"

#include <inttypes.h>

/* "LOST 17: 12 ring buffer full (try --pages 1024), 5 not written" */
static void print_lost(FILE *f, const struct summary *s, uint64_t lost)
{
	const struct {
		uint64_t nr;
		const char *where;
		unsigned try_pages;
	} stages[] = {
		{s->lost_submit, "not submitted", 0},
		{s->lost_ring, "ring buffer full", s->try_pages},
		{s->lost_owner, "of an unknown process", 0},
		{s->lost_view, "not written", 0},
	};
	const char *before = ":";
	size_t i;

	fprintf(f, "LOST %" PRIu64, lost);
	for (i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (!stages[i].nr)
			continue;
		fprintf(f, "%s %" PRIu64 " %s", before, stages[i].nr,
			stages[i].where);
		if (stages[i].try_pages)
			fprintf(f, " (try --pages %u)", stages[i].try_pages);
		before = ",";
	}
	fputc('\n', f);
}

void summary_print(FILE *f, const struct summary *s, uint64_t in_flight)
{
	const struct schema *schema = s->schema;
	uint64_t lost = summary_lost(s);

	fprintf(f, "%" PRIu64 " %s shown of %" PRIu64 " matched, ", s->shown,
		s->shown == 1 ? schema->noun : schema->nouns, s->matched);
	fprintf(f, "%" PRIu64 " seen (%" PRIu64 " filtered out)", s->seen,
		s->filtered);
	if (in_flight)
		fprintf(f, ", %" PRIu64 " in flight", in_flight);
	fputs(lost ? "\n" : ", nothing lost\n", f);
	if (lost)
		print_lost(f, s, lost);
}
