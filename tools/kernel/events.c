// SPDX-License-Identifier: GPL-2.0
#include "kernel/events.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/parse.h"
#include "base/range.h"
#include "kernel/away.h"
#include "kernel/batch.h"
#include "kernel/order.h"

#define BUDGET (32u << 20) /* bytes for all CPUs, by default */
#define PAGES_MIN 64
#define PAGES_MAX 512
#define RESCAN_NS 1000000000ull /* look for CPUs that came */
#define AWAY_NS 100000000ull
#define SETTLE_NS 1000000  /* from an event's time stamp to its submission */
#define HOLD (512u << 10)  /* bytes of events that wait to settle */
#define SLICE (128u << 10) /* bytes of events, a few milliseconds' work */
#define WAKEUP (16u << 10) /* bytes of events, where the buffer is not small */
#define CHECK_EVERY 256	   /* events, between two looks at the signals */
#define FLUSH_PART 20	   /* of the time: one part has batches sent */
#define FLUSH_TRIES 5	   /* when one is just being filled */

struct ring {
	struct events *ev;
	int cpu;
	bool is_dead;  /* its CPU went: read to the end, not watched */
	bool may_wait; /* there may be events that were not sent yet */
	struct perf_buffer *buffer;
};

struct events {
	struct events_opts opts;
	struct loop *loop;
	struct order *order;
	struct away *away;
	int nr_cpus; /* possible ones */
	struct ring *rings;
	uint64_t nr_received;
	uint64_t sent_ns;  /* what was stamped SETTLE_NS before is here */
	uint64_t flush_ns; /* no sooner are batches sent again */
};

unsigned events_default_pages(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), size = getpagesize();
	unsigned pages = PAGES_MAX;

	while (pages > PAGES_MIN && (uint64_t)pages * size * cpus > BUDGET)
		pages /= 2;
	return pages;
}

/* PERF_RECORD_SAMPLE with PERF_SAMPLE_RAW. */
struct sample {
	struct perf_event_header header;
	uint32_t size;
	uint8_t raw[];
};

static void event_take(void *arg, int cpu, const void *raw, size_t size)
{
	struct events *ev = arg;

	/* So that a long batch does not keep a signal waiting. */
	if (++ev->nr_received % CHECK_EVERY == 0)
		loop_check(ev->loop);
	order_push(ev->order, cpu, raw, size);
}

static enum bpf_perf_event_ret record_take(void *arg, int cpu,
					   struct perf_event_header *header)
{
	struct ring *r = arg;
	size_t one = r->ev->opts.batch->event_size, size;
	const struct sample *s = (struct sample *)header;
	const uint8_t *raw = s->raw;

	/* What had no room the program has counted itself, exactly. */
	if (header->type != PERF_RECORD_SAMPLE)
		return LIBBPF_PERF_EVENT_CONT;
	r->may_wait = one;
	away_count(r->ev->away, r->cpu, one ? s->size / one : 1);
	for (size = s->size; one && size >= 2 * one; size -= one, raw += one)
		event_take(r->ev, r->cpu, raw, one);
	event_take(r->ev, r->cpu, raw, size);
	return LIBBPF_PERF_EVENT_CONT;
}

void events_collect(struct events *ev)
{
	int cpu;

	for (cpu = 0; cpu < ev->nr_cpus; cpu++)
		if (ev->rings[cpu].buffer)
			perf_buffer__consume_buffer(ev->rings[cpu].buffer, 0);
}

static void arrived_tell(struct events *ev)
{
	if (ev->opts.arrived && order_nr_bytes(ev->order))
		ev->opts.arrived(ev->opts.arg);
}

/*
 * Have a CPU's batch sent. Events wait only within a millisecond behind one that
 * was sent: where none came there is none.
 */
static int ring_flush(struct ring *r)
{
	int tries, err = -EAGAIN;

	for (tries = 0; err == -EAGAIN && tries < FLUSH_TRIES; tries++)
		err = batch_flush(r->ev->opts.batch, r->cpu);
	r->may_wait = err;
	return err;
}

/*
 * Events of one CPU cannot be delivered while another may have older ones that
 * wait. NOW is from before all that has come was read.
 */
static void batches_flush(struct events *ev, uint64_t now)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC);
	bool is_all = true;
	int cpu, err;

	if (now < ev->flush_ns)
		return;
	for (cpu = 0; cpu < ev->nr_cpus; cpu++) {
		err = ev->rings[cpu].may_wait ? ring_flush(&ev->rings[cpu]) : 0;
		/* Those of a CPU that went wait for it, or for the end. */
		is_all &= !err || err == -ENXIO;
	}
	if (is_all)
		ev->sent_ns = now;
	if (ev->opts.batch->event_size)
		ev->flush_ns = now + SETTLE_NS +
			       FLUSH_PART * (clock_ns(CLOCK_MONOTONIC) - start);
}

/*
 * Deliver a slice of what has settled. When so much waits that it would
 * leave the processor's cache, no longer than the order of events needs. True
 * when there may be more.
 */
static bool slice_deliver(struct events *ev)
{
	size_t waiting = order_nr_bytes(ev->order);
	size_t leave = waiting > SLICE ? waiting - SLICE : 0;

	if (waiting > HOLD)
		return order_flush(ev->order, ev->sent_ns - SETTLE_NS,
				   leave > HOLD ? leave : HOLD);
	return order_flush(ev->order, ev->sent_ns - ev->opts.settle_ns, leave);
}

/*
 * Read all there is, and deliver what is older than all that can still come, a
 * slice at a time: the buffers do not wait for a long queue to be shown.
 */
static void events_pump(struct events *ev)
{
	bool is_more;
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	events_collect(ev);
	arrived_tell(ev);
	batches_flush(ev, now);
	do {
		events_collect(ev);
		is_more = slice_deliver(ev);
		ev->opts.batch_end(ev->opts.arg);
	} while (is_more);
}

static struct perf_event_attr attr_make(const struct events_opts *opts)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.watermark = !opts->wakeup,
	};
	uint64_t eighth = (uint64_t)opts->pages * getpagesize() / 8;

	if (opts->wakeup)
		attr.wakeup_events = opts->wakeup;
	else
		attr.wakeup_watermark = eighth < WAKEUP ? eighth : WAKEUP;
	return attr;
}

int events_probe(void)
{
	struct perf_event_attr attr = attr_make(&(struct events_opts){});
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1,
			 PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static void ring_close(struct ring *r)
{
	if (!r->buffer)
		return;
	if (!r->is_dead)
		loop_remove(r->ev->loop, perf_buffer__buffer_fd(r->buffer, 0));
	perf_buffer__free(r->buffer);
	r->buffer = NULL;
}

/* A CPU that goes takes its event along, which then only reports a hang-up. */
static void ring_ready(void *arg, int fd, uint32_t events)
{
	struct ring *r = arg;

	events_pump(r->ev);
	if (events & (EPOLLHUP | EPOLLERR)) {
		loop_remove(r->ev->loop, fd);
		r->is_dead = true;
	}
}

/*
 * A buffer of its own for each CPU, so that one can come and go. It is libbpf's
 * and not libbcc's: perf_reader looks for new records after each one and gives
 * back its room at once. Where it has caught up with a program that does not
 * pause, every record then costs four cache lines from the other CPU, which
 * were measured as 0.7 us against 0.02, and the read does not end.
 */
static int ring_open(struct ring *r)
{
	struct events *ev = r->ev;
	struct perf_event_attr attr = attr_make(&ev->opts);
	LIBBPF_OPTS(perf_buffer_raw_opts, opts, .cpu_cnt = 1, .cpus = &r->cpu,
		    .map_keys = &r->cpu);
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int err = 0;

	r->buffer = perf_buffer__new_raw(ev->opts.map_fd, ev->opts.pages, &attr,
					 record_take, r, &opts);
	if (!r->buffer)
		err = -errno;
	libbpf_set_print(print);
	if (err)
		return err;
	r->may_wait = ev->opts.batch->event_size; /* what had no ring so far */
	err = loop_add(ev->loop, perf_buffer__buffer_fd(r->buffer, 0),
		       ring_ready, r);
	r->is_dead = err; /* not in the loop */
	if (err)
		ring_close(r);
	return err;
}

/* The CPUs that are online now: "0-3,8", written as lists of ports are. */
static int cpus_online(struct range_set *set)
{
	char text[4096];
	struct parse_err err;
	ssize_t n = fd_read_file("/sys/devices/system/cpu/online", text,
				 sizeof(text));

	if (n <= 0)
		return n ?: -EIO;
	text[strcspn(text, "\n")] = 0;
	return parse_ports(text, set, &err);
}

/* A ring for each online CPU that has none (any more). 0 or first error. */
static int rings_open(struct events *ev)
{
	struct range_set online = {};
	int cpu, err = cpus_online(&online);

	for (cpu = 0; !err && cpu < ev->nr_cpus; cpu++) {
		struct ring *r = &ev->rings[cpu];

		if (!range_set_has(&online, cpu) || (r->buffer && !r->is_dead))
			continue;
		if (r->buffer) {
			perf_buffer__consume_buffer(r->buffer, 0);
			ring_close(r);
		}
		err = ring_open(r);
	}
	range_set_free(&online);
	return err;
}

static void flush(void *arg, int fd, uint32_t events)
{
	events_pump(arg);
}

static void look_around(void *arg, int fd, uint32_t events)
{
	struct events *ev = arg;

	away_look(ev->away);
}

static void rescan(void *arg, int fd, uint32_t events)
{
	/* Without a ring its packets are counted as not submitted. */
	rings_open(arg);
}

struct events *events_open(const struct events_opts *opts, struct loop *loop,
			   char *err, size_t err_size)
{
	struct events *ev = calloc(1, sizeof(*ev));
	int ret = -ENOMEM, cpu;

	if (!ev)
		goto fail;
	ev->opts = *opts;
	ev->loop = loop;
	if (ev->opts.settle_ns < SETTLE_NS)
		ev->opts.settle_ns = SETTLE_NS;
	if (!ev->opts.pages)
		ev->opts.pages = events_default_pages();
	ret = libbpf_num_possible_cpus();
	if (ret < 0)
		goto fail;
	ev->nr_cpus = ret;
	ret = -ENOMEM;
	ev->rings = calloc(ev->nr_cpus, sizeof(*ev->rings));
	ev->order = order_new(ev->nr_cpus, opts->fn, opts->arg);
	ev->away = away_new(ev->nr_cpus);
	if (!ev->rings || !ev->order || !ev->away)
		goto fail;
	for (cpu = 0; cpu < ev->nr_cpus; cpu++)
		ev->rings[cpu] = (struct ring){.ev = ev, .cpu = cpu};
	ret = rings_open(ev);
	if (!ret)
		/* First as soon as the loop runs: others were waited for. */
		ret = loop_timer(loop, 1, opts->flush_ns, flush, ev);
	if (ret >= 0)
		ret = loop_timer(loop, RESCAN_NS, RESCAN_NS, rescan, ev);
	if (ret >= 0)
		ret = loop_timer(loop, AWAY_NS, AWAY_NS, look_around, ev);
	if (ret >= 0)
		return ev;
fail:
	snprintf(err, err_size, "cannot open perf buffers: %s%s",
		 error_words(ret),
		 ret == -EACCES || ret == -EPERM
			 ? " (CAP_PERFMON is needed, and CAP_IPC_LOCK for "
			   "large buffers; see --pages)"
			 : "");
	events_close(ev);
	return NULL;
}

void events_drain(struct events *ev)
{
	const struct batch *b = ev->opts.batch;
	int cpu;

	events_collect(ev);
	if (b->event_size) {
		for (cpu = 0; cpu < ev->nr_cpus; cpu++)
			ring_flush(&ev->rings[cpu]);
		events_collect(ev);
		batch_take(b, event_take, ev);
	}
	arrived_tell(ev);
	order_flush(ev->order, ORDER_ALL, 0);
	ev->opts.batch_end(ev->opts.arg);
}

void events_close(struct events *ev)
{
	int cpu;

	if (!ev)
		return;
	for (cpu = 0; ev->rings && cpu < ev->nr_cpus; cpu++)
		ring_close(&ev->rings[cpu]);
	free(ev->rings);
	order_free(ev->order);
	away_free(ev->away);
	free(ev);
}
