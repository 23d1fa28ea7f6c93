/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events that wait in the kernel to be sent together (batch_head in event.h),
 * and the program events_flush(), which sends them when we ask for it.
 */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/load.h"

struct batch {
	int prog_fd;	   /* -1: no event waits */
	int map_fd;	   /* "batch" of the image, or -1 */
	size_t event_size; /* of each in a sample, bytes; 0: it is one event */
	int nr_cpus;	   /* possible ones */
	char *slots;	   /* room for those of all of them, or NULL */
	size_t slot_size;
};

/*
 * Begin with the programs of L, before they are attached. Where the kernel
 * cannot ask (before 5.10), or with IS_AT_ONCE, events do not wait. 0, or
 * -errno with a sentence in ERR.
 */
int batch_open(struct batch *b, const struct loaded *l, bool is_at_once,
	       struct load_error *err);

/*
 * Send what waits on CPU. 0 when it is sent; -EAGAIN when a program is just at
 * it, -ENXIO when the CPU is offline, another -errno.
 */
int batch_flush(const struct batch *b, int cpu);

/*
 * Give FN what waits still, on CPUs that are offline, once no program runs any
 * more. Not to be called again. 0 or -errno.
 */
int batch_take(const struct batch *b,
	       void (*fn)(void *arg, int cpu, const void *raw, size_t size),
	       void *arg);

/* Harmless on a zeroed or closed one. */
void batch_close(struct batch *b);

#endif
