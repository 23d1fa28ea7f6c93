/* SPDX-License-Identifier: GPL-2.0 */
/* Histograms in text, as BCC's users know them. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/out.h"

#define HISTOGRAM_LOG2 64 /* slots, more are left out */
#define HISTOGRAM_LINEAR 1024

struct histogram {
	const char *what; /* of the values: "usecs" */
	bool is_log2;	  /* slot N counts 2^(N-1) to 2^N - 1; else N itself */
	const uint64_t *counts;
	size_t nr; /* slots */
};

/* Slot I: what it counts, both ends in it. */
void histogram_range(const struct histogram *h, size_t i, uint64_t *low,
		     uint64_t *high);

/* Up to its last slot that is not empty; nothing when all are. */
void histogram_draw(const struct histogram *h, struct out *o);

#endif
