/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Repeats of the same drop (reason, place, flow) as one: the first is told at
 * once, the others are counted until the end of the interval. Pure.
 */
#ifndef FOLD_H
#define FOLD_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcpdrop_event.h"

struct fold;

/* COUNT drops, LAST the last of them, without its bytes. */
typedef void (*fold_fn)(void *arg, const struct drop_event *last,
			uint64_t count);

/* At most MAX different ones are known at a time. NULL on lack of memory. */
struct fold *fold_new(size_t max, fold_fn fn, void *arg);

/* Null-safe. What was not told is forgotten. */
void fold_free(struct fold *f);

/*
 * True when EV repeats one that is known: it is counted, and told later. False:
 * tell it now (also when there is no room to know one more).
 */
bool fold_take(struct fold *f, const struct drop_event *ev);

/* The interval ends: tell what was counted, forget what did not repeat. */
void fold_flush(struct fold *f);

#endif
