/* SPDX-License-Identifier: GPL-2.0 */
/* What owner.c keeps and owner_find.c looks up: theirs alone. */
#ifndef OWNER_STATE_H
#define OWNER_STATE_H

#include "kernel/owner.h"
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
	int owners, closed, listeners; /* maps */
	struct owner_marks *marks;
	uint32_t nr_misses; /* of what is marked, since it was renewed */
	struct owner_cache *cache;
	struct owner_cgroups *cgroups;
	struct owner_snapshot snapshot;
	bool is_resting;    /* no packet has matched yet */
	bool is_stale;	    /* the snapshot: from before one had */
	uint32_t max;	    /* connections in the map */
	uint64_t rescan_ns; /* not before */
	uint64_t rescan_wait_ns;
};

/* Begin a snapshot; its end is noticed in the loop. 0 or -errno. */
int owners_snapshot(struct owners *o);

#endif
