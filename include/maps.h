/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of the maps that user space looks for in the programs of bpf_src/.
 * A program declares such a map by its bare name, which C cannot take from here:
 * tests/unit/maps_test.c holds the two together.
 */
#ifndef MAPS_H
#define MAPS_H

#define MAP_EVENTS "events" /* the perf buffer; in each program but owner.c */
#define MAP_STATS "stats"   /* one struct hook_stats a CPU; likewise */
#define MAP_BATCH "batch"   /* events that wait, behind a struct batch_head */

#define MAP_ATTEMPTS "attempts" /* why_key to why_attempt */

#define MAP_OWNERS "owners"		/* owner_key to owner_entry */
#define MAP_OWNER_MAPS "owner_maps"	/* that map, and more as it fills up */
#define MAP_OWNER_SHARED "owner_shared" /* one struct owner_shared */
#define MAP_OWNER_ENDED "owner_ended"	/* struct owner_ended, a queue */
#define MAP_OWNER_SCOPE "owner_scope"	/* one struct owner_scope */
#define MAP_OWNER_CGROUP "owner_cgroup" /* the cgroup of --cgroup */
#define MAP_OWNER_WANTED "owner_wanted" /* not 0: connections are watched */

#endif
