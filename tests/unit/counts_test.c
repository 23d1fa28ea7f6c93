// SPDX-License-Identifier: GPL-2.0
/* Every event of a run is counted once, wherever it ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "front/counts.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* Of one part: 100 packets, 40 matched; 30 sent, 7 and 3 refused. */
static const struct hook_stats stats = {
	.seen = 100,
	.matched = 40,
	.submitted = 30,
	.ring_full = 7,
	.submit_failed = 3,
};

static const struct {
	const char *name;
	struct counts counts;
	struct counts_out out;
	uint64_t pending;
	struct summary want; /* its numbers */
	uint64_t in_flight;
} cases[] = {
	{"nothing has come yet",
	 {},
	 {},
	 0,
	 {100, 60, 40, 0, .lost_submit = 3, .lost_ring = 7},
	 30},
	{"all that was sent is a row",
	 {.recorded = 30},
	 {},
	 0,
	 {100, 60, 40, 30, .lost_submit = 3, .lost_ring = 7},
	 0},
	{"rows that wait to be written are not shown",
	 {.recorded = 20},
	 {},
	 6,
	 {100, 60, 40, 14, .lost_submit = 3, .lost_ring = 7, .lost_view = 6},
	 10},
	{"so is the table's title, which no event is behind",
	 {.recorded = 20},
	 {},
	 21,
	 {100, 60, 40, 0, .lost_submit = 3, .lost_ring = 7, .lost_view = 20},
	 10},
	{"the title alone",
	 {},
	 {},
	 1,
	 {100, 60, 40, 0, .lost_submit = 3, .lost_ring = 7},
	 30},
	{"events that made no sense are lost",
	 {.recorded = 20, .bad = 4},
	 {},
	 0,
	 {100, 60, 40, 20, .lost_submit = 3, .lost_ring = 7, .lost_view = 4},
	 6},
	{"both",
	 {.recorded = 20, .bad = 4},
	 {},
	 5,
	 {100, 60, 40, 15, .lost_submit = 3, .lost_ring = 7, .lost_view = 9},
	 6},
	{"what came after the last is not of this run",
	 {.recorded = 20},
	 {.late = 10},
	 0,
	 {90, 60, 30, 20, .lost_submit = 3, .lost_ring = 7},
	 0},
	{"what user space filtered is as if the program had",
	 {.recorded = 20},
	 {.filtered = 10},
	 0,
	 {100, 70, 30, 20, .lost_submit = 3, .lost_ring = 7},
	 0},
	{"events without a row are neither shown nor on their way",
	 {.recorded = 20, .silent = 10},
	 {},
	 0,
	 {100, 60, 40, 20, .lost_submit = 3, .lost_ring = 7},
	 0},
	{"a row without an event was seen, and now it matches",
	 {.recorded = 32, .made = 2},
	 {},
	 0,
	 {100, 58, 42, 32, .lost_submit = 3, .lost_ring = 7},
	 0},
	{"all at once",
	 {.recorded = 12, .bad = 3, .made = 2, .silent = 4},
	 {.late = 5, .filtered = 6},
	 1,
	 {95, 64, 31, 11, .lost_submit = 3, .lost_ring = 7, .lost_view = 4},
	 2},
};

static uint64_t lost(const struct summary *s)
{
	return s->lost_submit + s->lost_ring + s->lost_view;
}

/* What the tools promise of every summary. */
static void check_identities(const struct counts *c, const struct summary *s,
			     uint64_t in_flight)
{
	uint64_t seen = 0, matched = 0;
	size_t i;

	for (i = 0; i < s->nr_hooks; i++) {
		seen += s->hooks[i].seen;
		matched += s->hooks[i].matched;
	}
	assert_int_equal(seen, s->seen);
	assert_int_equal(matched, s->matched);
	assert_int_equal(s->seen, s->filtered + s->matched);
	assert_int_equal(s->matched,
			 s->shown + lost(s) + in_flight + c->silent);
}

static void check_equal(const struct summary *s, const struct summary *want)
{
	assert_int_equal(s->seen, want->seen);
	assert_int_equal(s->filtered, want->filtered);
	assert_int_equal(s->matched, want->matched);
	assert_int_equal(s->shown, want->shown);
	assert_int_equal(s->lost_submit, want->lost_submit);
	assert_int_equal(s->lost_ring, want->lost_ring);
	assert_int_equal(s->lost_view, want->lost_view);
}

static void test_each_stage(void **state)
{
	struct summary sum;
	uint64_t in_flight;
	size_t i;

	for (i = 0; i < NR(cases); i++) {
		const struct counts_part part = {"socket", "", stats,
						 cases[i].out};

		print_message("# %s\n", cases[i].name);
		sum = (struct summary){.try_pages = 256};
		in_flight = counts_sum(&cases[i].counts, &part, 1,
				       cases[i].pending, &sum);
		check_equal(&sum, &cases[i].want);
		assert_int_equal(in_flight, cases[i].in_flight);
		check_identities(&cases[i].counts, &sum, in_flight);
		assert_int_equal(sum.nr_hooks, 1);
		assert_int_equal(sum.try_pages, 256);
		assert_null(sum.schema);
	}
}

/* The parts add up; a late event is not seen, a filtered one not matched. */
static void test_several_parts(void **state)
{
	const struct counts_part parts[] = {
		{"socket", "", stats, {}},
		{"xdp",
		 "eth0",
		 {.seen = 1000,
		  .matched = 500,
		  .submitted = 490,
		  .ring_full = 10},
		 {.late = 2, .filtered = 3}},
	};
	const struct counts c = {.recorded = 500, .made = 1};
	struct summary sum = {};
	uint64_t in_flight = counts_sum(&c, parts, 2, 0, &sum);

	check_equal(&sum, &(struct summary){1098, 562, 536, 500,
					    .lost_submit = 3, .lost_ring = 17});
	assert_int_equal(in_flight, 16);
	check_identities(&c, &sum, in_flight);
	assert_int_equal(sum.nr_hooks, 2);
	assert_string_equal(sum.hooks[0].name, "socket");
	assert_string_equal(sum.hooks[0].ifname, "");
	assert_int_equal(sum.hooks[0].seen, 100);
	assert_int_equal(sum.hooks[0].matched, 41); /* the made one's, too */
	assert_string_equal(sum.hooks[1].name, "xdp");
	assert_string_equal(sum.hooks[1].ifname, "eth0");
	assert_int_equal(sum.hooks[1].seen, 998);
	assert_int_equal(sum.hooks[1].matched, 495);
}

/* No part could be read, or none is there. */
static void test_no_part(void **state)
{
	const struct counts c = {};
	struct summary sum = {};

	assert_int_equal(counts_sum(&c, NULL, 0, 0, &sum), 0);
	check_equal(&sum, &(struct summary){});
	assert_int_equal(sum.nr_hooks, 0);
}

static uint64_t below(uint64_t end)
{
	return (uint64_t)rand() % (end + 1);
}

/* A part of NR of the events that are left. */
static uint64_t take(uint64_t *left)
{
	uint64_t nr = below(*left);

	*left -= nr;
	return nr;
}

/* A part with any counters; the events that may still become rows. */
static uint64_t part_draw(struct counts_part *p)
{
	struct hook_stats *st = &p->stats;
	uint64_t left;

	*p = (struct counts_part){.hook = "tc", .ifname = ""};
	st->submitted = left = below(1000);
	st->ring_full = below(100);
	st->submit_failed = below(100);
	st->matched = st->submitted + st->ring_full + st->submit_failed;
	st->seen = st->matched + below(1000);
	p->out.late = take(&left);
	p->out.filtered = take(&left);
	return left;
}

/* Whatever comes of the events, none is counted twice or forgotten. */
static void test_any_way_to_end(void **state)
{
	struct counts_part p[SESSION_PARTS];
	uint64_t left, in_flight;
	struct summary sum;
	struct counts c;
	size_t i, nr, n;

	for (n = 0; n < 10000; n++) {
		left = 0;
		nr = 1 + below(SESSION_PARTS - 1);
		for (i = 0; i < nr; i++)
			left += part_draw(&p[i]);
		c = (struct counts){.bad = take(&left), .made = below(10)};
		c.silent = take(&left);
		c.recorded = take(&left) + c.made;
		p[0].stats.seen += c.made;
		memset(&sum, 0, sizeof(sum));
		in_flight = counts_sum(&c, p, nr, below(2000), &sum);
		assert_int_equal(in_flight, left);
		assert_int_equal(sum.nr_hooks, nr);
		check_identities(&c, &sum, in_flight);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_stage),
		cmocka_unit_test(test_several_parts),
		cmocka_unit_test(test_no_part),
		cmocka_unit_test(test_any_way_to_end),
	};

	return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
