/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Images at work: their maps, programs, hooks, perf buffers and counters, from
 * the first load to the last event.
 */
#ifndef SESSION_H
#define SESSION_H

#include <linux/types.h>

#include "base/loop.h"
#include "event.h"
#include "kernel/batch.h"
#include "kernel/events.h"
#include "kernel/hook.h"
#include "kernel/load.h"

#define SESSION_PARTS 8
#define SESSION_HOOKS 64
#define SESSION_INTERFACES 16

/*
 * One image for one kind of hook. All images of a run share the perf buffer
 * "events"; each has counters of its own, "stats".
 */
struct session_part {
	const struct hook_ops *ops;
	const struct image *img;
	const char *prog_prefix; /* of the functions' names: see hook_takes() */
	uint32_t prog_flags;	 /* BPF_F_* */
};

struct session_plan {
	struct session_part parts[SESSION_PARTS];
	size_t nr_parts;
	const char *ifnames[SESSION_INTERFACES + 1]; /* NULL-ended; none: all */
	struct hook_where where;
	struct events_opts events;  /* map_fd and batch are filled in */
	const struct loaded *share; /* maps to share, or NULL; see load.h */
	/* NULL, or what else is read of their maps, ended by one without a
	 * name: a program must not have others under these names. */
	const struct map_shape *reads;
};

struct session {
	const struct session_plan *plan;
	struct loaded loaded[SESSION_PARTS];
	size_t nr_loaded;
	struct session_prog {
		struct hook_prog prog;
		size_t part;
	} progs[SESSION_HOOKS];
	size_t nr_progs;
	struct hook hooks[SESSION_HOOKS];
	size_t nr_hooks;
	struct batch batch;
	struct events *events;
	struct hook_stats *stats_room; /* for session_stats() */
};

/*
 * What we read must be as we read it, also in a program of the user's: whether
 * the maps of IMG that PLAN knows by name are. 0, or -EINVAL with ERR filled.
 */
int session_fits(const struct session_plan *plan, const struct image *img,
		 struct load_error *err);

/*
 * Maps, programs and perf buffers, nothing attached yet. PLAN and its images
 * stay the caller's and must live as long. 0, or -errno with ERR filled.
 */
int session_open(struct session *s, const struct session_plan *plan,
		 struct loop *loop, struct load_error *err);

/* From now on every packet counts. 0, or -errno with ERR filled. */
int session_attach(struct session *s, struct load_error *err);

/*
 * The interface IFNAME is another than it was, or gone: take the programs off
 * the old one (which may live on in another namespace), and attach them to the
 * one of number IFINDEX, unless 0. 0, or -errno with ERR filled: -EOPNOTSUPP
 * where a program knows it by its number, which is not WAS any more.
 */
int session_follow(struct session *s, const char *ifname, uint32_t ifindex,
		   uint32_t was, struct load_error *err);

/*
 * Run the programs of IMG, which must live from now on, in place of those of a
 * part, whose image is then free. Maps of the same name and definition go on
 * with what they hold; "events" and "stats" must be among them, and "batch"
 * where it was. No packet is missed, see hook_replace(). 0, or -errno with ERR
 * filled, and the old ones go on.
 */
int session_swap(struct session *s, size_t part, const struct image *img,
		 struct load_error *err);

/* No program runs any more: the counters are final. May be called twice. */
void session_detach(struct session *s);

/* What the kernel takes a program of a part for. */
struct load_as session_load_as(const struct session *s,
			       const struct session_prog *p);

/* The counters of one part so far. 0 or -errno. */
int session_stats(const struct session *s, size_t part, struct hook_stats *sum);

/* As load_map_fd(), of a part. */
int session_map(const struct session *s, size_t part,
		const struct map_shape *shape);

/* Harmless on a zeroed or half-open session. */
void session_close(struct session *s);

#endif
