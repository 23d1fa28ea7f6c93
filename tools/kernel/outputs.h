/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a user's own program sends: all its perf and ring buffers. Unlike the
 * events of ours (events.h) these have no time stamp to be ordered by; each
 * CPU's come in their order.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "kernel/load.h"

#define OUTPUTS_ANY_CPU -1 /* of a ring buffer */

struct outputs;

struct outputs_opts {
	const struct loaded *maps;
	unsigned pages; /* of a perf buffer, a CPU */
	/* SIZE bytes at RAW, any alignment, from the map number MAP. SIZE may
	 * count up to 7 bytes of padding. True: and no more of them. */
	bool (*event)(void *arg, size_t map, int cpu, const void *raw,
		      size_t size);
	void (*lost)(void *arg, size_t map, uint64_t nr);
	void (*batch_end)(void *arg); /* after some of these */
	void *arg;
};

/* Open all of them, to be read in LOOP. NULL with a sentence in ERR. */
struct outputs *outputs_open(const struct outputs_opts *opts, struct loop *loop,
			     char *err, size_t err_size);

/* Read what is there, once no program runs any more. */
void outputs_drain(struct outputs *all);

/* How many buffers there are. */
size_t outputs_nr(const struct outputs *all);

/* Null-safe. */
void outputs_close(struct outputs *all);

#endif
