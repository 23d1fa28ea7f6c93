// SPDX-License-Identifier: GPL-2.0
#include "kernel/order.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SMALL (64u << 10)
#define HUGE_PAGE (2u << 20)
#define CALM 16 /* looks in a row at a queue that is too large */

/* In front of each event; a multiple of 8, so that the event is aligned. */
struct entry {
	uint64_t ts;
	uint64_t size; /* of the event that follows, without padding */
};

struct queue {
	char *p;
	size_t capacity;
	size_t first; /* bytes delivered */
	size_t end;
	uint64_t last_ts;
	unsigned nr_calm;
};

struct order {
	order_fn fn;
	void *arg;
	size_t nr_bytes; /* waiting */
	size_t nr;	 /* of queues, and as many for what came late in them */
	size_t nr_used;
	struct queue q[];
};

struct order *order_new(size_t nr, order_fn fn, void *arg)
{
	struct order *o = calloc(1, sizeof(*o) + 2 * nr * sizeof(o->q[0]));

	if (!o)
		return NULL;
	o->fn = fn;
	o->arg = arg;
	o->nr = o->nr_used = nr;
	return o;
}

static size_t entry_bytes(size_t size)
{
	return sizeof(struct entry) + ((size + 7) & ~(size_t)7);
}

/*
 * A burst is when there is no time for a page fault every 4 KiB (measured: up
 * to 18 us in a virtual machine), so a queue grows into huge pages at once.
 */
static char *queue_memory(size_t capacity)
{
	char *p, *aligned;

	if (capacity < HUGE_PAGE)
		return malloc(capacity);
	p = mmap(NULL, capacity + HUGE_PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	aligned = p + (-(uintptr_t)p & (HUGE_PAGE - 1));
	if (aligned > p)
		munmap(p, aligned - p);
	munmap(aligned + capacity, p + HUGE_PAGE - aligned);
	madvise(aligned, capacity, MADV_HUGEPAGE);
	return aligned;
}

/* To the kernel, as free() would keep it for a burst that may never come. */
static void queue_memory_free(char *p, size_t capacity)
{
	if (capacity < HUGE_PAGE)
		free(p);
	else
		munmap(p, capacity);
}

void order_free(struct order *o)
{
	size_t i;

	for (i = 0; o && i < 2 * o->nr; i++)
		queue_memory_free(o->q[i].p, o->q[i].capacity);
	free(o);
}

/* A capacity that takes BYTES, twice the one before at least. */
static size_t capacity_next(size_t capacity, size_t bytes)
{
	do
		capacity = !capacity		  ? 4096
			   : capacity < SMALL	  ? capacity * 2
			   : capacity < HUGE_PAGE ? HUGE_PAGE
						  : capacity * 2;
	while (capacity < bytes);
	return capacity;
}

/*
 * What one burst made large is not kept for ever: true when, of BYTES that were
 * wanted of late, an eighth would have done, and that was so for some time.
 */
static bool queue_is_calm(struct queue *q, size_t bytes)
{
	if (q->capacity <= HUGE_PAGE || bytes > q->capacity / 8)
		q->nr_calm = 0;
	else
		q->nr_calm++;
	return q->nr_calm == CALM;
}

/*
 * Under load a queue never runs empty. What was delivered is given back when it
 * is at least half, so that no event is moved more than once on average.
 */
static bool queue_room(struct queue *q, size_t bytes)
{
	size_t waiting = q->end - q->first, capacity = q->capacity;
	char *p = q->p;

	if (q->end + bytes <= capacity)
		return true;
	if (waiting + bytes > capacity || q->first < waiting)
		capacity = capacity_next(capacity, waiting + bytes);
	else if (queue_is_calm(q, waiting + bytes))
		capacity = HUGE_PAGE;
	if (capacity != q->capacity)
		p = queue_memory(capacity);
	if (!p && capacity > q->capacity)
		return false;
	if (!p) { /* no room to become smaller */
		p = q->p;
		capacity = q->capacity;
	}
	if (waiting)
		memmove(p, q->p + q->first, waiting);
	if (p != q->p) {
		queue_memory_free(q->p, q->capacity);
		q->nr_calm = 0;
	}
	q->p = p;
	q->capacity = capacity;
	q->first = 0;
	q->end = waiting;
	return true;
}

/* All was delivered. */
static void queue_empty(struct queue *q)
{
	if (queue_is_calm(q, q->end)) {
		queue_memory_free(q->p, q->capacity);
		*q = (struct queue){.last_ts = q->last_ts};
	}
	q->first = q->end = 0;
}

/* Each queue is in order: what is not gets one of its own. */
static struct queue *queue_for(struct order *o, size_t queue, const void *raw,
			       size_t size, uint64_t *ts)
{
	struct queue *q = &o->q[queue];

	*ts = q->last_ts;
	if (size >= sizeof(*ts))
		memcpy(ts, raw, sizeof(*ts));
	if (*ts >= q->last_ts)
		return q;
	o->nr_used = 2 * o->nr;
	return &o->q[o->nr + queue];
}

void order_push(struct order *o, size_t queue, const void *raw, size_t size)
{
	size_t bytes = entry_bytes(size);
	struct entry e = {.size = size};
	struct queue *q = queue_for(o, queue, raw, size, &e.ts);

	if (o->nr_bytes + bytes > ORDER_BYTES)
		order_flush(o, ORDER_ALL, ORDER_BYTES / 4 * 3);
	if (!queue_room(q, bytes)) {
		order_flush(o, ORDER_ALL, 0);
		o->fn(o->arg, raw, size);
		return;
	}
	memcpy(q->p + q->end, &e, sizeof(e));
	memcpy(q->p + q->end + sizeof(e), raw, size);
	q->end += bytes;
	q->last_ts = e.ts;
	o->nr_bytes += bytes;
}

static struct entry *queue_head(struct queue *q)
{
	return q->first < q->end ? (struct entry *)(q->p + q->first) : NULL;
}

/*
 * The queue whose head is the oldest, or NULL; *NEXT is the stamp at which
 * another one's turn comes.
 */
static struct queue *order_pick(struct order *o, uint64_t *next)
{
	struct queue *oldest = NULL;
	uint64_t ts = 0;
	size_t i;

	*next = ORDER_ALL;
	for (i = 0; i < o->nr_used; i++) {
		struct entry *e = queue_head(&o->q[i]);

		if (!e)
			continue;
		if (!oldest || e->ts < ts) {
			*next = oldest ? ts : ORDER_ALL;
			oldest = &o->q[i];
			ts = e->ts;
		} else if (e->ts < *next) {
			*next = e->ts;
		}
	}
	return oldest;
}

/* Deliver from Q what is not younger than TS. True when there was some. */
static bool queue_deliver(struct order *o, struct queue *q, uint64_t ts,
			  size_t leave)
{
	size_t before = q->first;
	struct entry *e;

	while (o->nr_bytes > leave && (e = queue_head(q)) && e->ts <= ts) {
		o->fn(o->arg, e + 1, e->size);
		q->first += entry_bytes(e->size);
		o->nr_bytes -= entry_bytes(e->size);
	}
	before = q->first - before;
	if (q->first == q->end)
		queue_empty(q);
	return before;
}

bool order_flush(struct order *o, uint64_t ts, size_t leave)
{
	struct queue *q;
	uint64_t next;

	while (o->nr_bytes > leave && (q = order_pick(o, &next)))
		if (!queue_deliver(o, q, next < ts ? next : ts, leave))
			return false;
	return o->nr_bytes > 0;
}

size_t order_nr_bytes(const struct order *o)
{
	return o->nr_bytes;
}
