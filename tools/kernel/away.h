/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the reader of events runs: not on the CPU that sends most of them, as
 * that has the packets, and often the server, to work for.
 */
#ifndef AWAY_H
#define AWAY_H

#include <stddef.h>
#include <stdint.h>

struct away;

/* For CPUs 0 to NR - 1. NULL on lack of memory. */
struct away *away_new(size_t nr);

/* Null-safe. */
void away_free(struct away *a);

/* NR_EVENTS more came from CPU. */
void away_count(struct away *a, size_t cpu, size_t nr_events);

/*
 * Some time went by: move the calling thread, if there is reason to. Never to
 * where its affinity did not let it go, when it started or since then.
 */
void away_look(struct away *a);

/*
 * The CPU that sent at least three quarters of the NR_EVENTS of each of the NR
 * CPUs, or -1. Pure.
 */
int away_busiest(const uint64_t *nr_events, size_t nr);

#endif
