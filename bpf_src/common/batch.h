/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where packets are many, events are sent a few at a time: one perf_submit()
 * takes longer than all else that is done for a packet. For what waits then,
 * the reader runs events_flush().
 */
#ifndef BATCH_H
#define BATCH_H

#define BATCH_NS 1000000 /* after such a pause an event does not wait */

struct batch {
	struct batch_head head;
	struct tcp_event ev[TCP_BATCH];
};

BPF_PERCPU_ARRAY(batch, struct batch, 1);

/* NULL while another one of this CPU has it, whom we have interrupted. */
static inline struct batch *batch_enter(void)
{
	int zero = 0;
	struct batch *b = batch.lookup(&zero);

	if (!b || b->head.is_busy)
		return 0;
	b->head.is_busy = 1;
	asm volatile("" ::: "memory");
	return b;
}

static inline void batch_leave(struct batch *b)
{
	asm volatile("" ::: "memory");
	b->head.is_busy = 0;
}

/* NR have been counted as submitted. */
static inline void batch_send(void *ctx, struct batch *b, u32 nr,
			      struct hook_stats *st)
{
	struct tcp_event *ev = b->ev;
	int err = events.perf_submit(ctx, ev, nr * sizeof(*ev));

	b->head.nr = 0;
	if (err) {
		st->submitted -= nr;
		stats_lost(st, err, nr);
	}
}

static inline void batch_add(void *ctx, struct tcp_event *ev,
			     struct hook_stats *st)
{
	struct batch *b = batch_enter();
	u32 size = TCP_EVENT_V6_SIZE, nr;

	if (!b) {
#if WANT_IPV4
		if (ev->ip == 4)
			size = TCP_EVENT_V4_SIZE;
#endif
		stats_submitted(st, events.perf_submit(ctx, ev, size));
		return;
	}
	nr = b->head.nr & (TCP_BATCH - 1);
	b->ev[nr++] = *ev;
	b->head.nr = nr;
	st->submitted++;
	if (nr == TCP_BATCH || ev->ts_ns - b->head.sent_ns > BATCH_NS) {
		b->head.sent_ns = ev->ts_ns;
		batch_send(ctx, b, nr, st);
	}
	batch_leave(b);
}

/* Run by the reader, on each CPU that sends events. 1: not at this moment. */
int events_flush(struct bpf_raw_tracepoint_args *ctx)
{
	struct hook_stats *st = stats_slot();
	struct batch *b = batch_enter();
	u32 nr;

	if (!b)
		return 1;
	nr = b->head.nr & (TCP_BATCH - 1);
	if (st && nr)
		batch_send(ctx, b, nr, st);
	b->head.sent_ns = 0;
	b->head.event_size = sizeof(*b->ev);
	batch_leave(b);
	return 0;
}

#endif
