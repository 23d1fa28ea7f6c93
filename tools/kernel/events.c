// SPDX-License-Identifier: GPL-2.0
#include "kernel/events.h"

#include <bcc/perf_reader.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/range.h"
#include "kernel/order.h"

#define BUDGET (32u << 20) /* bytes for all CPUs, by default */
#define PAGES_MIN 64
#define PAGES_MAX 512
#define RESCAN_NS 1000000000ull /* look for CPUs that came */
#define SETTLE_NS 1000000 /* from an event's time stamp to its submission */
#define CHECK_EVERY 256	  /* events, between two looks at the signals */

struct ring {
	struct events *ev;
	int cpu;
	bool is_dead; /* its CPU went: read to the end, not watched */
	struct perf_reader *reader;
};

struct events {
	struct events_opts opts;
	struct loop *loop;
	struct order *order;
	int nr_cpus; /* possible ones */
	struct ring *rings;
	uint64_t nr_lost;
	uint64_t nr_received;
};

unsigned events_default_pages(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), size = getpagesize();
	unsigned pages = PAGES_MAX;

	while (pages > PAGES_MIN && (uint64_t)pages * size * cpus > BUDGET)
		pages /= 2;
	return pages;
}

static void sample_take(void *arg, void *raw, int size)
{
	struct ring *r = arg;
	struct events *ev = r->ev;

	/* Under load one read may never end, so signals are looked at here;
	 * they can only detach the programs, after which it does end. */
	if (++ev->nr_received % CHECK_EVERY == 0)
		loop_check(ev->loop);
	order_push(ev->order, r->cpu, raw, size);
}

static void lost_take(void *arg, uint64_t nr)
{
	struct ring *r = arg;

	r->ev->nr_lost += nr;
}

static void rings_read(struct events *ev)
{
	int cpu;

	for (cpu = 0; cpu < ev->nr_cpus; cpu++)
		if (ev->rings[cpu].reader)
			perf_reader_event_read(ev->rings[cpu].reader);
}

/* Read all there is, and deliver what is older than all that can still come. */
static void events_pump(struct events *ev)
{
	struct timespec ts;
	uint64_t now;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = ts.tv_sec * 1000000000ull + ts.tv_nsec;
	rings_read(ev);
	order_flush(ev->order, now - ev->opts.settle_ns);
	ev->opts.batch_end(ev->opts.arg);
}

int events_open_cpu(int cpu, unsigned wakeup)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
		.wakeup_events = wakeup,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
			 PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static void ring_close(struct ring *r)
{
	if (!r->reader)
		return;
	if (!r->is_dead)
		loop_remove(r->ev->loop, perf_reader_fd(r->reader));
	perf_reader_free(r->reader);
	r->reader = NULL;
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

static int ring_open(struct ring *r)
{
	struct events *ev = r->ev;
	int fd = events_open_cpu(r->cpu, ev->opts.wakeup), err = 0;

	if (fd < 0)
		return fd;
	r->reader = perf_reader_new(sample_take, lost_take, r, ev->opts.pages);
	if (!r->reader) {
		close(fd);
		return -ENOMEM;
	}
	r->is_dead = true; /* not in the loop yet */
	perf_reader_set_fd(r->reader, fd);
	if (perf_reader_mmap(r->reader) ||
	    bpf_map_update_elem(ev->opts.map_fd, &r->cpu, &fd, BPF_ANY) ||
	    ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		err = -errno;
	if (!err)
		err = loop_add(ev->loop, fd, ring_ready, r);
	r->is_dead = err;
	if (err)
		ring_close(r);
	return err;
}

/* The CPUs that are online now: "0-3,8", written as lists of ports are. */
static int cpus_online(struct range_set *set)
{
	char text[4096];
	struct parse_err err;
	ssize_t n;
	int fd = open("/sys/devices/system/cpu/online", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return -EIO;
	text[n] = 0;
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

		if (!range_set_has(&online, cpu) || (r->reader && !r->is_dead))
			continue;
		if (r->reader) {
			perf_reader_event_read(r->reader);
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
	if (!ev->rings || !ev->order)
		goto fail;
	for (cpu = 0; cpu < ev->nr_cpus; cpu++)
		ev->rings[cpu] = (struct ring){.ev = ev, .cpu = cpu};
	ret = rings_open(ev);
	if (!ret)
		ret = loop_timer(loop, opts->flush_ns, opts->flush_ns, flush,
				 ev);
	if (ret >= 0)
		ret = loop_timer(loop, RESCAN_NS, RESCAN_NS, rescan, ev);
	if (ret >= 0)
		return ev;
fail:
	snprintf(err, err_size, "cannot open perf buffers: %s%s",
		 strerror(-ret),
		 ret == -EACCES || ret == -EPERM
			 ? " (CAP_PERFMON is needed, and CAP_IPC_LOCK for "
			   "large buffers; see --pages)"
			 : "");
	events_close(ev);
	return NULL;
}

void events_drain(struct events *ev)
{
	rings_read(ev);
	order_flush(ev->order, ORDER_ALL);
	ev->opts.batch_end(ev->opts.arg);
}

uint64_t events_nr_lost(const struct events *ev)
{
	return ev->nr_lost;
}

uint64_t events_nr_received(const struct events *ev)
{
	return ev->nr_received;
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
	free(ev);
}
