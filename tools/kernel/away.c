// SPDX-License-Identifier: GPL-2.0
#include "kernel/away.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define FEW 1000 /* events, of which nothing follows */

struct away {
	size_t nr;
	size_t size;	/* of a set, in bytes */
	cpu_set_t *may; /* where we were let run */
	cpu_set_t *now; /* where we run, as far as we know */
	cpu_set_t *set; /* for a moment */
	uint64_t nr_events[];
};

struct away *away_new(size_t nr)
{
	struct away *a = calloc(1, sizeof(*a) + nr * sizeof(a->nr_events[0]));

	if (!a)
		return NULL;
	a->nr = nr;
	a->size = CPU_ALLOC_SIZE(nr);
	a->may = CPU_ALLOC(nr);
	a->now = CPU_ALLOC(nr);
	a->set = CPU_ALLOC(nr);
	if (a->may && a->now && a->set) {
		CPU_ZERO_S(a->size, a->now);
		return a;
	}
	away_free(a);
	return NULL;
}

void away_free(struct away *a)
{
	if (!a)
		return;
	CPU_FREE(a->may);
	CPU_FREE(a->now);
	CPU_FREE(a->set);
	free(a);
}

void away_count(struct away *a, size_t cpu, size_t nr_events)
{
	a->nr_events[cpu] += nr_events;
}

int away_busiest(const uint64_t *nr_events, size_t nr)
{
	uint64_t all = 0;
	size_t i, most = 0;

	for (i = 0; i < nr; i++) {
		all += nr_events[i];
		if (nr_events[i] > nr_events[most])
			most = i;
	}
	if (all < FEW || nr_events[most] < all - all / 4)
		return -1;
	return most;
}

static void move(struct away *a, int busiest)
{
	if (sched_getaffinity(0, a->size, a->set))
		return;
	/* Somebody else has moved us: that holds. */
	if (!CPU_EQUAL_S(a->size, a->set, a->now))
		memcpy(a->may, a->set, a->size);
	memcpy(a->set, a->may, a->size);
	CPU_CLR_S(busiest, a->size, a->set);
	if (!CPU_COUNT_S(a->size, a->set))
		memcpy(a->set, a->may, a->size);
	if (!CPU_EQUAL_S(a->size, a->set, a->now) &&
	    !sched_setaffinity(0, a->size, a->set))
		sched_getaffinity(0, a->size, a->now);
}

void away_look(struct away *a)
{
	int busiest = away_busiest(a->nr_events, a->nr);

	memset(a->nr_events, 0, a->nr * sizeof(a->nr_events[0]));
	if (busiest >= 0)
		move(a, busiest);
}
