/* SPDX-License-Identifier: GPL-2.0 */
/* The attempts to connect that a map of bpf_src/tcpwhy_tracepoint.c holds. */
#ifndef ATTEMPTS_H
#define ATTEMPTS_H

#include <linux/types.h>
#include <stdint.h>

#include "kernel/load.h"
#include "tcpwhy_event.h"

/* That map, and an end. */
extern const struct map_shape attempts_reads[];

/* One that got nowhere; it is marked as told already. */
typedef void (*attempts_fn)(void *arg, const struct why_key *key,
			    const struct why_attempt *a);

/*
 * Call FN for each open attempt in the map MAP_FD that began before NOW_NS -
 * WAIT_NS (CLOCK_MONOTONIC), once for each, and drop those told long ago.
 * Attempts that succeed meanwhile are left alone.
 */
void attempts_sweep(int map_fd, uint64_t now_ns, uint64_t wait_ns,
		    attempts_fn fn, void *arg);

#endif
