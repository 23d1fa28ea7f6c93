/* SPDX-License-Identifier: GPL-2.0 */
/* What owner.c keeps and owner_find.c looks up: theirs alone. */
#ifndef OWNER_STATE_H
#define OWNER_STATE_H

#include "kernel/owner.h"
#include "kernel/owner_ask.h"
#include "kernel/owner_cache.h"
#include "kernel/owner_cgroup.h"
#include "kernel/owner_hooks.h"
#include "kernel/owner_marks.h"
#include "kernel/owner_snapshot.h"

struct owners {
	struct owners_opts opts;
	struct loop *loop;
	struct loaded maps;
	struct owner_hooks hooks;
	struct owner_table table;
	struct owner_ask ask;
	uint32_t nr_misses; /* of what is marked, since it was renewed */
	uint64_t unsure_ns; /* until then marks of what has ended may lack */
	struct owner_cache *cache;
	struct owner_cgroups *cgroups;
	struct owner_snapshot snapshot;
	bool is_resting;     /* no packet has matched yet */
	bool is_stale;	     /* the snapshot: from before one had */
	bool has_looked;     /* a snapshot went well since one has */
	bool is_full_said;   /* that there is no room for more */
	uint64_t nr_refused; /* changes that failed, when the snapshot began */
	uint64_t nr_made_up; /* of them: it has made up for so many */
	uint64_t rescan_ns;  /* not before */
	uint64_t rescan_wait_ns;
};

/* Begin a snapshot; its end is noticed in the loop. 0 or -errno. */
int owners_snapshot(struct owners *o);

/*
 * Somebody has to look again, for TS_NS (CLOCK_MONOTONIC) is a moment at which
 * something was missing: begin a snapshot, but ever less often.
 */
void owners_look_again(struct owners *o, uint64_t ts_ns);

#endif
