// SPDX-License-Identifier: GPL-2.0
#include "kernel/batch.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event.h"
#include "maps.h"

#define FLUSH "events_flush"

/* The slots of all CPUs, or NULL; *SIZE of one, as the kernel pads it. */
static char *slots_new(const struct batch *b, size_t *size)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(b->map_fd, &info, &len) ||
	    info.value_size < sizeof(struct batch_head))
		return NULL;
	*size = (info.value_size + 7) / 8 * 8;
	return calloc(b->nr_cpus, *size);
}

static char *slots_read(const struct batch *b, size_t *size)
{
	char *slots = slots_new(b, size);
	int zero = 0;

	if (!slots || !bpf_map_lookup_elem(b->map_fd, &zero, slots))
		return slots;
	free(slots);
	return NULL;
}

/* Nobody but us has the map yet. */
static int send_at_once(const struct batch *b)
{
	size_t size;
	char *slots = slots_new(b, &size);
	int zero = 0, err = 0, cpu;

	if (!slots)
		return -ENOMEM;
	for (cpu = 0; cpu < b->nr_cpus; cpu++)
		((struct batch_head *)(slots + cpu * size))->is_busy = 1;
	if (bpf_map_update_elem(b->map_fd, &zero, slots, BPF_ANY))
		err = -errno;
	free(slots);
	return err;
}

/* A slot that was asked tells the size of an event. 0: that cannot be. */
static size_t event_size(const struct batch *b)
{
	size_t size, found = 0;
	char *slots;
	int cpu = sched_getcpu();

	if (cpu < 0 || batch_flush(b, cpu))
		return 0;
	slots = slots_read(b, &size);
	for (cpu = 0; slots && !found && cpu < b->nr_cpus; cpu++)
		found = ((struct batch_head *)(slots + cpu * size))->event_size;
	free(slots);
	return found;
}

static int flush_load(const struct loaded *l)
{
	const struct load_as as = {.type = BPF_PROG_TYPE_RAW_TRACEPOINT};
	struct load_error err = {};
	int fd = load_prog(l, FLUSH, &as, &err);

	free(err.detail);
	return fd;
}

int batch_open(struct batch *b, const struct loaded *l, bool is_at_once,
	       struct load_error *err)
{
	int ret;

	*b = (struct batch){
		.prog_fd = -1,
		.map_fd = load_map_fd(l, MAP_BATCH),
		.nr_cpus = libbpf_num_possible_cpus(),
	};
	if (b->map_fd < 0)
		return 0;
	if (!is_at_once)
		b->prog_fd = flush_load(l);
	if (b->prog_fd >= 0)
		b->event_size = event_size(b);
	if (b->event_size)
		return 0;
	batch_close(b);
	ret = send_at_once(b);
	if (ret)
		snprintf(err->text, sizeof(err->text),
			 "cannot have events sent at once: %s", strerror(-ret));
	return ret;
}

int batch_flush(const struct batch *b, int cpu)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .flags = BPF_F_TEST_RUN_ON_CPU,
		    .cpu = cpu);

	if (bpf_prog_test_run_opts(b->prog_fd, &opts))
		return -errno;
	return opts.retval ? -EAGAIN : 0;
}

int batch_take(const struct batch *b,
	       void (*fn)(void *arg, int cpu, const void *raw, size_t size),
	       void *arg)
{
	size_t size, one = b->event_size;
	char *slots = slots_read(b, &size);
	uint32_t i, nr;
	int cpu;

	if (!slots)
		return -EIO;
	for (cpu = 0; cpu < b->nr_cpus; cpu++) {
		const struct batch_head *head =
			(const struct batch_head *)(slots + cpu * size);
		const char *ev = (const char *)(head + 1);

		nr = (size - sizeof(*head)) / one;
		for (i = 0; i < head->nr && i < nr; i++)
			fn(arg, cpu, ev + i * one, one);
	}
	free(slots);
	return 0;
}

void batch_close(struct batch *b)
{
	if (b->prog_fd > 0)
		close(b->prog_fd);
	b->prog_fd = -1;
	b->event_size = 0;
}
