// SPDX-License-Identifier: GPL-2.0
#include "view/histogram.h"

#define STARS 40
#define WIDE_FROM 33 /* slots: the bounds need more than ten digits */

void histogram_range(const struct histogram *h, size_t i, uint64_t *low,
		     uint64_t *high)
{
	*low = *high = i;
	if (!h->is_log2)
		return;
	/* bpf_log2() of 0 and of 1 is 1, so nothing is ever in slot 0. */
	*low = i < 2 ? 0 : 1ull << (i - 1);
	*high = i < 64 ? (1ull << i) - 1 : UINT64_MAX;
}

/* As many stars as COUNT is of MAX; a slot with a little may have none. */
static void put_bar(struct out *o, uint64_t count, uint64_t max, size_t width)
{
	size_t nr = (double)count / max * width, i;

	out_chr(o, '|');
	for (i = 0; i < nr; i++)
		out_chr(o, '*');
	out_pad(o, width - nr);
	out_str(o, "|\n");
}

static size_t nr_used(const struct histogram *h, uint64_t *max)
{
	size_t i, nr = 0;

	for (i = 0, *max = 0; i < h->nr; i++) {
		if (h->counts[i])
			nr = i + 1;
		if (h->counts[i] > *max)
			*max = h->counts[i];
	}
	return nr;
}

static void draw_log2(const struct histogram *h, struct out *o, size_t nr,
		      uint64_t max)
{
	bool is_wide = nr > WIDE_FROM;
	int digits = is_wide ? 20 : 10;
	uint64_t low, high;
	size_t i;

	out_printf(o, "%*s%-*s : count    distribution\n", is_wide ? 15 : 5, "",
		   is_wide ? 29 : 19, h->what);
	for (i = 1; i < nr; i++) {
		histogram_range(h, i, &low, &high);
		out_printf(o, "%*llu -> %-*llu : %-8llu ", digits,
			   (unsigned long long)low, digits,
			   (unsigned long long)high,
			   (unsigned long long)h->counts[i]);
		put_bar(o, h->counts[i], max, is_wide ? STARS / 2 : STARS);
	}
}

void histogram_draw(const struct histogram *h, struct out *o)
{
	uint64_t max;
	size_t i, nr = nr_used(h, &max);

	if (!nr)
		return;
	if (h->is_log2) {
		draw_log2(h, o, nr < 2 ? 2 : nr, max);
		return;
	}
	out_printf(o, "     %-13s : count     distribution\n", h->what);
	for (i = 0; i < nr; i++) {
		out_printf(o, "        %-10zu : %-8llu ", i,
			   (unsigned long long)h->counts[i]);
		put_bar(o, h->counts[i], max, STARS);
	}
}
