/* SPDX-License-Identifier: GPL-2.0 */
/* An image to maps and programs of this run. */
#ifndef LOAD_H
#define LOAD_H

#include <linux/bpf.h>
#include <stdbool.h>

#include "compile/image.h"

struct loaded {
	const struct image *img; /* the caller's, must live as long */
	int map_fds[IMAGE_MAPS]; /* -1: not made */
};

struct load_error {
	char text[512]; /* one sentence */
	char *detail; /* what the verifier said and means; allocated or NULL */
};

struct load_opts {
	/* Each NULL, or one whose maps of the same name and definition are used
	 * again, but for the counters, "stats", unless it is HEIR_OF. */
	const struct loaded *share[2];
	const struct loaded *heir_of;
	/* NULL, or the map that has so many entries, whatever IMG says. */
	const char *resize;
	uint32_t entries;
	/* NULL, or the map of maps whose elements are like the map INNER. Other
	 * maps of maps are refused. */
	const char *outer, *inner;
	/* NULL, or what cannot wait until all maps are made: a large one takes
	 * some milliseconds. */
	void (*meanwhile)(void *arg);
	void *arg;
};

/*
 * Make every map of IMG. OPTS may be NULL. 0, or -errno with ERR filled and
 * nothing left.
 */
int load_maps(const struct image *img, struct loaded *l,
	      const struct load_opts *opts, struct load_error *err);

/*
 * What we take a map for when we read or fill it: the kernel copies as many
 * bytes as the map has, so it must have those that we have room for.
 */
struct map_shape {
	const char *name;
	uint32_t type; /* BPF_MAP_TYPE_* */
	uint32_t key_size;
	uint32_t value_size; /* 0: whatever it is, it will be asked */
};

#define MAP_SHAPE(name_, type_, key, value)                          \
	{                                                            \
		.name = name_, .type = BPF_MAP_TYPE_##type_,         \
		.key_size = sizeof(key), .value_size = sizeof(value) \
	}

/* Its descriptor; -ENOENT, or -EINVAL for a map of that name but another kind. */
int load_map_fd(const struct loaded *l, const struct map_shape *shape);

/* Whether IMG has no map of that name, or one of that shape. */
bool load_map_fits(const struct image *img, const struct map_shape *shape);

/*
 * Make one more map like the map NAME, for ENTRIES: a descriptor, the caller's,
 * or -errno.
 */
int load_map_like(const struct loaded *l, const char *name, uint32_t entries);

/* What the kernel is to take a program for. */
struct load_as {
	enum bpf_prog_type type;
	enum bpf_attach_type attach_type; /* BPF_PROG_TYPE_TRACING */
	uint32_t btf_id;  /* of the kernel's function, likewise */
	uint32_t flags;	  /* BPF_F_* */
	const char *name; /* in the kernel; NULL: the function's */
	bool is_in_way;	  /* it must let packets be, see in_way.h, and: */
	int32_t verdict;  /* return this */
};

/*
 * Load program NAME. Its descriptor, or -errno with ERR filled: -ENOENT when
 * the image has no such program, -EPERM for want of privileges, -EMFILE and
 * the like for want of something else, -EACCES when it is in the way and would
 * do more than look, or what the verifier did not like.
 */
int load_prog(const struct loaded *l, const char *name,
	      const struct load_as *as, struct load_error *err);

/*
 * Load program NAME, which can be loaded, once more, only for what the verifier
 * says of its work: LOG, of SIZE bytes, gets its statistics. 0 or -errno.
 */
int load_prog_stats(const struct loaded *l, const char *name,
		    const struct load_as *as, char *log, size_t size);

/* Close the maps. */
void load_close(struct loaded *l);

#endif
