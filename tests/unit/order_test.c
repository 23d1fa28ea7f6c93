// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static bool is_memory_short;

static void *scarce_malloc(size_t size)
{
	return is_memory_short ? NULL : malloc(size);
}

/* The source itself: to see its queues and to let memory run out. */
#define malloc scarce_malloc
#include "kernel/order.c"
#undef malloc

#define QUEUES 5
#define EVENTS_MAX 40000

struct event {
	uint64_t ts;
	uint32_t queue;
	uint32_t seq;	   /* in its queue */
	uint8_t fill[200]; /* all equal to the low byte of seq */
};

static struct event got[EVENTS_MAX];
static size_t sizes[EVENTS_MAX];
static size_t nr_got;

static void take(void *arg, const void *raw, size_t size)
{
	assert_ptr_equal(arg, got);
	assert_true(is_memory_short || (uintptr_t)raw % 8 == 0);
	assert_true(nr_got < EVENTS_MAX);
	assert_true(size <= sizeof(got[0]));
	memset(&got[nr_got], 0xee, sizeof(got[0]));
	memcpy(&got[nr_got], raw, size);
	sizes[nr_got++] = size;
}

static struct order *order_start(size_t nr)
{
	struct order *o = order_new(nr, take, got);

	assert_non_null(o);
	nr_got = 0;
	srand(1);
	return o;
}

/* From an odd address, as perf samples may come. */
static void push(struct order *o, const struct event *e, size_t size)
{
	static char raw[sizeof(*e) + 1];

	memcpy(raw + 1, e, size);
	order_push(o, e->queue, raw + 1, size);
	memset(raw, 0xcc, sizeof(raw));
}

static void push_ts(struct order *o, uint32_t queue, uint64_t ts)
{
	struct event e = {.ts = ts, .queue = queue};

	push(o, &e, offsetof(struct event, fill));
}

static void assert_stamps(const uint64_t *ts, size_t nr)
{
	size_t i;

	assert_int_equal(nr_got, nr);
	for (i = 0; i < nr; i++)
		assert_int_equal(got[i].ts, ts[i]);
}

#define assert_got(...)                                         \
	assert_stamps((const uint64_t[]){__VA_ARGS__},          \
		      sizeof((const uint64_t[]){__VA_ARGS__}) / \
			      sizeof(uint64_t))

static int stamp_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Random stamps, but rising in each queue; *stamps is what was pushed. */
static void push_random(struct order *o, uint64_t *stamps, size_t nr)
{
	uint64_t now[QUEUES] = {};
	uint32_t seq[QUEUES] = {};
	size_t i;

	for (i = 0; i < nr; i++) {
		struct event e = {.queue = rand() % QUEUES};

		e.ts = stamps[i] = now[e.queue] += rand() % 50;
		e.seq = seq[e.queue]++;
		memset(e.fill, e.seq, sizeof(e.fill));
		push(o, &e, offsetof(struct event, fill) + rand() % 201);
	}
}

static void test_merge_equals_a_sort(void **state)
{
	static uint64_t stamps[EVENTS_MAX];
	struct order *o = order_start(QUEUES);
	uint32_t seq[QUEUES] = {};
	size_t i, k;

	push_random(o, stamps, EVENTS_MAX);
	assert_int_equal(nr_got, 0);
	qsort(stamps, EVENTS_MAX, sizeof(stamps[0]), stamp_compare);
	/* Bit by bit, each stamp a border. */
	for (i = 0; i < EVENTS_MAX; i = k) {
		for (k = i; k < EVENTS_MAX && stamps[k] == stamps[i]; k++)
			;
		order_flush(o, stamps[i], 0);
		assert_int_equal(nr_got, k);
	}
	for (i = 0; i < EVENTS_MAX; i++) {
		assert_int_equal(got[i].ts, stamps[i]);
		assert_int_equal(got[i].seq, seq[got[i].queue]++);
		for (k = offsetof(struct event, fill); k < sizes[i]; k++)
			assert_int_equal(((uint8_t *)&got[i])[k],
					 (uint8_t)got[i].seq);
	}
	order_free(o);
}

/* One that was overtaken in its own queue takes its place all the same. */
static void test_late_ones(void **state)
{
	struct order *o = order_start(2);

	push_ts(o, 0, 10);
	push_ts(o, 0, 50);
	push_ts(o, 0, 20);
	push_ts(o, 1, 30);
	push_ts(o, 0, 40);
	push_ts(o, 0, 60);
	push_ts(o, 1, 25);
	order_flush(o, 40, 0);
	assert_got(10, 20, 25, 30, 40);
	push_ts(o, 0, 55);
	order_flush(o, ORDER_ALL, 0);
	assert_got(10, 20, 25, 30, 40, 50, 55, 60);
	order_free(o);
}

static void test_flush_up_to_a_stamp(void **state)
{
	struct order *o = order_start(3);

	order_flush(o, ORDER_ALL, 0);
	push_ts(o, 2, 10);
	push_ts(o, 2, 30);
	push_ts(o, 0, 20);
	push_ts(o, 0, 21);
	order_flush(o, 9, 0);
	assert_int_equal(nr_got, 0);
	order_flush(o, 20, 0);
	assert_got(10, 20);
	push_ts(o, 1, 5); /* late: as soon as possible */
	order_flush(o, 29, 0);
	assert_got(10, 20, 5, 21);
	push_ts(o, 1, UINT64_MAX);
	order_flush(o, UINT64_MAX - 1, 0);
	assert_got(10, 20, 5, 21, 30);
	order_flush(o, ORDER_ALL, 0);
	assert_got(10, 20, 5, 21, 30, UINT64_MAX);
	order_free(o);
}

/* Without a stamp of its own an event stays where it is in its queue. */
static void test_short_samples(void **state)
{
	struct order *o = order_start(2);
	struct event e = {.queue = 0, .ts = 0x0101010101010101};
	size_t size;

	push_ts(o, 0, 10);
	for (size = 0; size < 8; size++)
		push(o, &e, size);
	push_ts(o, 0, 20);
	push_ts(o, 1, 11);
	order_flush(o, 10, 0);
	assert_int_equal(nr_got, 9);
	for (size = 0; size < 8; size++) {
		assert_int_equal(sizes[1 + size], size);
		assert_memory_equal(&got[1 + size], &e, size);
	}
	order_flush(o, ORDER_ALL, 0);
	assert_int_equal(nr_got, 11);
	assert_int_equal(got[9].ts, 11);
	assert_int_equal(got[10].ts, 20);
	/* Its predecessor may be gone already. */
	push(o, &e, 7);
	order_flush(o, 19, 0);
	assert_int_equal(nr_got, 11);
	order_flush(o, 20, 0);
	assert_int_equal(nr_got, 12);
	order_free(o);
}

/* Entries of 216 + 16 bytes: one more than ORDER_BYTES holds. */
static void test_overflow_delivers_the_oldest(void **state)
{
	struct order *o = order_start(2);
	const size_t bytes = sizeof(struct event) + 16;
	const size_t fit = ORDER_BYTES / bytes;
	const size_t kept = ORDER_BYTES / 4 * 3 / bytes;
	struct event e = {};
	size_t i;

	for (i = 0; i < fit; i++) {
		e.queue = i % 2;
		e.ts = i;
		push(o, &e, sizeof(e));
	}
	assert_int_equal(nr_got, 0);
	assert_int_equal(order_nr_bytes(o), fit * bytes);
	e.ts = fit;
	push(o, &e, sizeof(e));
	assert_int_equal(nr_got, fit - kept);
	assert_int_equal(order_nr_bytes(o), (kept + 1) * bytes);
	order_flush(o, ORDER_ALL, 0);
	assert_int_equal(nr_got, fit + 1);
	for (i = 0; i <= fit; i++)
		assert_int_equal(got[i].ts, i);
	order_free(o);
}

static void test_flush_leaves_so_many_bytes(void **state)
{
	struct order *o = order_start(2);
	const size_t bytes = (offsetof(struct event, fill) + 7) / 8 * 8 + 16;
	uint64_t ts;

	for (ts = 1; ts <= 5; ts++)
		push_ts(o, ts % 2, ts);
	assert_int_equal(order_nr_bytes(o), 5 * bytes);
	assert_true(order_flush(o, ORDER_ALL, 3 * bytes));
	assert_got(1, 2);
	assert_true(order_flush(o, ORDER_ALL, 2 * bytes + 1));
	assert_got(1, 2, 3);
	/* What is younger stays in any case. */
	assert_false(order_flush(o, 3, 0));
	assert_got(1, 2, 3);
	assert_false(order_flush(o, ORDER_ALL, 0));
	assert_got(1, 2, 3, 4, 5);
	assert_int_equal(order_nr_bytes(o), 0);
	order_free(o);
}

static size_t nr_huge;

static void take_huge(void *arg, const void *raw, size_t size)
{
	assert_int_equal(size, ORDER_BYTES + 1);
	assert_int_equal(((const char *)raw)[size - 1], 'z');
	nr_huge++;
}

static void test_one_larger_than_all_that_may_wait(void **state)
{
	struct order *o = order_new(1, take_huge, NULL);
	char *raw = calloc(1, ORDER_BYTES + 1);

	raw[ORDER_BYTES] = 'z';
	order_push(o, 0, raw, ORDER_BYTES + 1);
	order_push(o, 0, raw, ORDER_BYTES + 1);
	assert_int_equal(nr_huge, 1);
	order_flush(o, ORDER_ALL, 0);
	assert_int_equal(nr_huge, 2);
	order_free(o);
	free(raw);
}

static void test_without_memory_nothing_is_lost(void **state)
{
	struct order *o = order_start(2);

	push_ts(o, 1, 20);
	push_ts(o, 1, 30);
	is_memory_short = true;
	push_ts(o, 0, 10); /* queue 0 has no memory yet */
	is_memory_short = false;
	assert_got(20, 30, 10);
	push_ts(o, 0, 40);
	order_flush(o, ORDER_ALL, 0);
	assert_got(20, 30, 10, 40);
	order_free(o);
}

/* Under load some always wait: what was delivered must be given back. */
static void test_a_queue_never_empty_stays_small(void **state)
{
	struct order *o = order_start(1);
	uint64_t ts, next = 1;
	size_t i;

	for (ts = 1; ts <= 1000000; ts++) {
		push_ts(o, 0, ts);
		if (ts % 100)
			continue;
		order_flush(o, ts - 10, 0);
		for (i = 0; i < nr_got; i++)
			assert_int_equal(got[i].ts, next++);
		assert_int_equal(next, ts - 9);
		nr_got = 0;
	}
	assert_true(o->q[0].capacity <= 8192);
	order_free(o);
}

/* Push N events from stamp *TS on, and see that all come, but the last LEFT. */
static void push_and_flush(struct order *o, uint64_t *ts, size_t n, size_t left)
{
	size_t i;

	nr_got = 0;
	for (i = 0; i < n; i++)
		push_ts(o, 0, ++*ts);
	order_flush(o, *ts - left, 0);
	assert_int_equal(got[nr_got - 1].ts, *ts - left);
}

static void burst(struct order *o, uint64_t *ts)
{
	size_t i;

	nr_got = 0;
	for (i = 0; i < 80000; i++)
		push_ts(o, 0, ++*ts);
	assert_int_equal(nr_got, 0);
	assert_int_equal(o->q[0].capacity, 2 * HUGE_PAGE);
	while (order_nr_bytes(o)) {
		nr_got = 0;
		order_flush(o, ORDER_ALL,
			    order_nr_bytes(o) > 65536
				    ? order_nr_bytes(o) - 65536
				    : 0);
	}
	assert_int_equal(got[nr_got - 1].ts, *ts);
}

/* What a burst took goes back, be a queue empty now and then or never. */
static void test_a_burst_is_forgotten(void **state)
{
	struct order *o = order_start(1);
	uint64_t ts = 0;
	size_t left, i;

	for (left = 0; left <= 10; left += 10) {
		burst(o, &ts);
		push_and_flush(o, &ts, 100, left);
		assert_int_equal(o->q[0].capacity, 2 * HUGE_PAGE);
		for (i = 0; i < 30000; i++)
			push_and_flush(o, &ts, 100, left);
		assert_true(o->q[0].capacity <= HUGE_PAGE);
		order_flush(o, ORDER_ALL, 0);
	}
	order_free(o);
}

static void test_free_of_nothing(void **state)
{
	order_free(NULL);
	order_free(order_start(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merge_equals_a_sort),
		cmocka_unit_test(test_late_ones),
		cmocka_unit_test(test_flush_up_to_a_stamp),
		cmocka_unit_test(test_short_samples),
		cmocka_unit_test(test_overflow_delivers_the_oldest),
		cmocka_unit_test(test_flush_leaves_so_many_bytes),
		cmocka_unit_test(test_one_larger_than_all_that_may_wait),
		cmocka_unit_test(test_without_memory_nothing_is_lost),
		cmocka_unit_test(test_a_queue_never_empty_stays_small),
		cmocka_unit_test(test_a_burst_is_forgotten),
		cmocka_unit_test(test_free_of_nothing),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
