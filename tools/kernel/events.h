/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events from the programs: a perf buffer for each CPU that is online, read in
 * batches, through libbpf's perf_buffer.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"

struct batch;
struct events;

/*
 * One event of SIZE bytes at RAW, aligned to 8; SIZE may count padding. They
 * come in the order of the time stamp that they start with, whichever CPU they
 * are from, unless so many come that they cannot wait. Called from within loop
 * callbacks and events_drain().
 */
typedef void (*events_fn)(void *arg, const void *raw, size_t size);

struct events_opts {
	int map_fd;	/* BPF_MAP_TYPE_PERF_EVENT_ARRAY */
	unsigned pages; /* a CPU, a power of two; 0: events_default_pages() */
	/* Wake the reader after so many, 1: each at once; 0: as many as fill a
	 * fraction of the buffer, or some hundred. */
	unsigned wakeup;
	uint64_t flush_ns;  /* and for fewer, after this time */
	uint64_t settle_ns; /* give no event younger than this; at least 1 ms,
			     * the time from its stamp to its submission */
	const struct batch *batch;  /* the caller's */
	void (*arrived)(void *arg); /* NULL, or: some wait to be given to fn */
	events_fn fn;
	void (*batch_end)(void *arg); /* after some calls of fn */
	void *arg;
};

/* Enough for a burst of some 10 ms, less a CPU the more CPUs there are. */
unsigned events_default_pages(void);

/*
 * Open the buffers and put them into the map and into LOOP. NULL with a
 * sentence in ERR.
 */
struct events *events_open(const struct events_opts *opts, struct loop *loop,
			   char *err, size_t err_size);

/*
 * Read what is there, once nothing submits any more: afterwards every
 * submitted event was given to the callback.
 */
void events_drain(struct events *ev);

/*
 * Only take what there is out of the buffers, so that they do not run full
 * while something else takes a few milliseconds.
 */
void events_collect(struct events *ev);

/* Whether an event that programs write to can be opened: 0 or -errno. */
int events_probe(void);

/* Null-safe. */
void events_close(struct events *ev);

#endif
