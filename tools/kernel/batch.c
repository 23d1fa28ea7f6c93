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

#include "base/error.h"
#include "event.h"
#include "maps.h"

#define FLUSH "events_flush"

/* The kernel says how large its slots are: see slots_make(). */
static const struct map_shape shape = {
	.name = MAP_BATCH,
	.type = BPF_MAP_TYPE_PERCPU_ARRAY,
	.key_size = sizeof(int),
};

/* Room for the slots of all CPUs, of the size to which the kernel pads them. */
static int slots_make(struct batch *b)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(b->map_fd, &info, &len))
		return -errno;
	if (info.value_size < sizeof(struct batch_head))
		return -EINVAL;
	b->slot_size = (info.value_size + 7) / 8 * 8;
	b->slots = calloc(b->nr_cpus, b->slot_size);
	return b->slots ? 0 : -ENOMEM;
}

static int slots_read(const struct batch *b)
{
	int zero = 0;

	return bpf_map_lookup_elem(b->map_fd, &zero, b->slots) ? -errno : 0;
}

static struct batch_head *slot_of(const struct batch *b, int cpu)
{
	return (struct batch_head *)(b->slots + cpu * b->slot_size);
}

/* Nobody but us has the map yet. */
static int send_at_once(const struct batch *b)
{
	int zero = 0, cpu;

	memset(b->slots, 0, b->nr_cpus * b->slot_size);
	for (cpu = 0; cpu < b->nr_cpus; cpu++)
		slot_of(b, cpu)->is_busy = 1;
	return bpf_map_update_elem(b->map_fd, &zero, b->slots, BPF_ANY) ? -errno
									: 0;
}

/* A slot that was asked tells the size of an event. 0: that cannot be. */
static size_t event_size(const struct batch *b)
{
	size_t found = 0;
	int cpu = sched_getcpu();

	if (cpu < 0 || batch_flush(b, cpu) || slots_read(b))
		return 0;
	for (cpu = 0; !found && cpu < b->nr_cpus; cpu++)
		found = slot_of(b, cpu)->event_size;
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
		.map_fd = load_map_fd(l, &shape),
		.nr_cpus = libbpf_num_possible_cpus(),
	};
	if (b->map_fd == -ENOENT)
		return 0;
	if (b->map_fd < 0) {
		snprintf(err->text, sizeof(err->text),
			 "the map '" MAP_BATCH
			 "' must be as --print-source has it");
		return b->map_fd;
	}
	ret = slots_make(b);
	if (!ret && !is_at_once)
		b->prog_fd = flush_load(l);
	if (b->prog_fd >= 0)
		b->event_size = event_size(b);
	if (b->event_size)
		return 0;
	if (!ret)
		ret = send_at_once(b);
	batch_close(b);
	if (ret)
		snprintf(err->text, sizeof(err->text),
			 "cannot have events sent at once: %s",
			 error_words(ret));
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
	size_t one = b->event_size;
	uint32_t i, nr = (b->slot_size - sizeof(struct batch_head)) / one;
	int cpu, ret = slots_read(b);

	for (cpu = 0; !ret && cpu < b->nr_cpus; cpu++) {
		const struct batch_head *head = slot_of(b, cpu);
		const char *ev = (const char *)(head + 1);

		for (i = 0; i < head->nr && i < nr; i++)
			fn(arg, cpu, ev + i * one, one);
	}
	return ret;
}

void batch_close(struct batch *b)
{
	if (b->prog_fd > 0)
		close(b->prog_fd);
	free(b->slots);
	*b = (struct batch){.prog_fd = -1, .map_fd = -1};
}
