// SPDX-License-Identifier: GPL-2.0
#include "base/range.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Whether A ends before B starts with at least one number between them. */
static bool is_apart(u128 a_last, u128 b_first)
{
	return a_last < b_first && b_first - a_last > 1;
}

/* Index of the first range that is not wholly before FIRST. */
static size_t lower_bound(const struct range_set *set, u128 first)
{
	size_t lo = 0, hi = set->nr, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (is_apart(set->r[mid].last, first))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int insert_at(struct range_set *set, size_t at, u128 first, u128 last)
{
	struct range *r = realloc(set->r, (set->nr + 1) * sizeof(*r));

	if (!r)
		return -ENOMEM;
	memmove(r + at + 1, r + at, (set->nr - at) * sizeof(*r));
	r[at].first = first;
	r[at].last = last;
	set->r = r;
	set->nr++;
	return 0;
}

int range_set_add(struct range_set *set, u128 first, u128 last)
{
	size_t at = lower_bound(set, first), end = at;
	struct range *r;

	while (end < set->nr && !is_apart(last, set->r[end].first))
		end++;
	if (end == at)
		return insert_at(set, at, first, last);

	r = set->r + at;
	if (first < r->first)
		r->first = first;
	if (last < set->r[end - 1].last)
		last = set->r[end - 1].last;
	r->last = last;
	memmove(r + 1, set->r + end, (set->nr - end) * sizeof(*r));
	set->nr -= end - at - 1;
	return 0;
}

bool range_set_has(const struct range_set *set, u128 value)
{
	size_t lo = 0, hi = set->nr, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (set->r[mid].last < value)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < set->nr && set->r[lo].first <= value;
}

void range_set_free(struct range_set *set)
{
	if (!set)
		return;
	free(set->r);
	set->r = NULL;
	set->nr = 0;
}
