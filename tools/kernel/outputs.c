// SPDX-License-Identifier: GPL-2.0
#include "kernel/outputs.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define CHECK_EVERY 256 /* events, between two looks at the signals */

/* One map; exactly one of the two buffers. */
struct output {
	struct outputs *all;
	size_t map;
	struct perf_buffer *perf;
	struct ring_buffer *ring;
};

struct outputs {
	struct outputs_opts opts;
	struct loop *loop;
	struct output out[IMAGE_MAPS];
	size_t nr;
	uint64_t nr_events;
	bool is_full; /* enough was taken */
};

static void take(struct output *o, int cpu, const void *raw, size_t size)
{
	struct outputs *all = o->all;

	if (++all->nr_events % CHECK_EVERY == 0 && loop_check(all->loop))
		all->is_full = true;
	if (!all->is_full)
		all->is_full =
			all->opts.event(all->opts.arg, o->map, cpu, raw, size);
}

static void perf_sample(void *arg, int cpu, void *raw, uint32_t size)
{
	take(arg, cpu, raw, size);
}

static void perf_lost(void *arg, int cpu, unsigned long long nr)
{
	struct output *o = arg;

	o->all->opts.lost(o->all->opts.arg, o->map, nr);
}

static int ring_sample(void *arg, void *raw, size_t size)
{
	take(arg, OUTPUTS_ANY_CPU, raw, size);
	return 0;
}

static void output_read(struct output *o)
{
	if (o->perf)
		perf_buffer__consume(o->perf);
	else
		ring_buffer__consume(o->ring);
}

static void output_ready(void *arg, int fd, uint32_t events)
{
	struct output *o = arg;

	output_read(o);
	o->all->opts.batch_end(o->all->opts.arg);
}

static int output_fd(const struct output *o)
{
	return o->perf ? perf_buffer__epoll_fd(o->perf)
		       : ring_buffer__epoll_fd(o->ring);
}

static int output_open(struct output *o, int map_fd, bool is_ring)
{
	const struct outputs_opts *opts = &o->all->opts;
	libbpf_print_fn_t print = libbpf_set_print(NULL);
	int ret = 0;

	if (is_ring)
		o->ring = ring_buffer__new(map_fd, ring_sample, o, NULL);
	else
		o->perf = perf_buffer__new(map_fd, opts->pages, perf_sample,
					   perf_lost, o, NULL);
	if (!o->ring && !o->perf)
		ret = -errno;
	libbpf_set_print(print);
	return ret ?: loop_add(o->all->loop, output_fd(o), output_ready, o);
}

struct outputs *outputs_open(const struct outputs_opts *opts, struct loop *loop,
			     char *err, size_t err_size)
{
	const struct image *img = opts->maps->img;
	struct outputs *all = calloc(1, sizeof(*all));
	int ret = all ? 0 : -ENOMEM;
	size_t i;

	if (all)
		*all = (struct outputs){.opts = *opts, .loop = loop};
	for (i = 0; !ret && i < img->nr_maps; i++) {
		bool is_ring = img->maps[i].type == BPF_MAP_TYPE_RINGBUF;
		struct output *o = &all->out[all->nr];

		if (!is_ring &&
		    img->maps[i].type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			continue;
		*o = (struct output){.all = all, .map = i};
		ret = output_open(o, opts->maps->map_fds[i], is_ring);
		if (ret)
			snprintf(err, err_size, "cannot open the buffer %s: %s",
				 img->maps[i].name, error_words(ret));
		all->nr++;
	}
	if (!ret)
		return all;
	if (!all)
		snprintf(err, err_size, "%s", strerror(ENOMEM));
	outputs_close(all);
	return NULL;
}

void outputs_drain(struct outputs *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		output_read(&all->out[i]);
	all->opts.batch_end(all->opts.arg);
}

size_t outputs_nr(const struct outputs *all)
{
	return all->nr;
}

void outputs_close(struct outputs *all)
{
	size_t i;

	for (i = 0; all && i < all->nr; i++) {
		struct output *o = &all->out[i];

		if (o->perf || o->ring)
			loop_remove(all->loop, output_fd(o));
		perf_buffer__free(o->perf);
		ring_buffer__free(o->ring);
	}
	free(all);
}
