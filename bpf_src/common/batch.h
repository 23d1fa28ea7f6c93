/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where packets are many, events are sent a few at a time: one perf_submit()
 * takes longer than all else that is done for a packet. For what waits then,
 * the reader runs events_flush().
 */
#ifndef BATCH_H
#define BATCH_H

#define BATCH_NS 1000000 /* after such a pause an event does not wait */

/* All are of one size; a packet's bytes come where its event ends. */
struct batch_event {
	struct tcp_event ev;
#if WANT_PAYLOAD
	u8 bytes[(PAYLOAD_MAX + 7) / 8 * 8];
#endif
};

struct batch {
	struct batch_head head;
	struct batch_event ev[TCP_BATCH];
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
	struct batch_event *ev = b->ev;
	int err = events.perf_submit(ctx, ev, nr * sizeof(*ev));

	b->head.nr = 0;
	if (err) {
		st->submitted -= nr;
		stats_lost(st, err, nr);
	}
}

#if WANT_PAYLOAD
/* The first CAPLEN bytes of the packet, which has so many. */
static inline void batch_capture(void *ctx, struct batch_event *to, u64 caplen)
{
	u8 *bytes = to->ev.ip == 4 ? (u8 *)to->ev.saddr6 : to->bytes;

	/* Else clang bounds a copy, and the verifier misses the original. */
	asm volatile("" : "+r"(caplen));
	if (caplen - 1 < PAYLOAD_MAX && CAPTURE_LOAD(ctx, bytes, caplen) >= 0)
		return;
	to->ev.caplen = 0;
	to->ev.payload_off = 0;
}
#endif

/* False: it is to be sent at once. */
static inline int batch_add(void *ctx, struct tcp_event *ev,
			    struct hook_stats *st)
{
	struct batch *b = batch_enter();
	u32 nr;

	if (!b)
		return 0;
	nr = b->head.nr & (TCP_BATCH - 1);
	b->ev[nr].ev = *ev;
#if WANT_PAYLOAD
	batch_capture(ctx, &b->ev[nr], ev->caplen);
#endif
	b->head.nr = ++nr;
	st->submitted++;
	if (nr == TCP_BATCH || ev->ts_ns - b->head.sent_ns > BATCH_NS) {
		b->head.sent_ns = ev->ts_ns;
		batch_send(EVENT_CTX(ctx), b, nr, st);
	}
	batch_leave(b);
	return 1;
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
