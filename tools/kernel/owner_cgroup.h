/* SPDX-License-Identifier: GPL-2.0 */
/* Cgroups by number and by path, in the cgroup2 tree as it is mounted here. */
#ifndef OWNER_CGROUP_H
#define OWNER_CGROUP_H

#include <stdbool.h>
#include <stdint.h>

struct owner_cgroups;

/* Also where no cgroup2 is mounted: then nothing is found. NULL: no memory. */
struct owner_cgroups *owner_cgroups_new(void);

/* Null-safe. */
void owner_cgroups_free(struct owner_cgroups *c);

/* The descriptor of the tree's root, -1: none is mounted. */
int owner_cgroup_mount(const struct owner_cgroups *c);

/* "/a/b" for an id of bpf_get_current_cgroup_id(), or NULL; valid until the
 * next call. Looked up once. */
const char *owner_cgroup_path(struct owner_cgroups *c, uint64_t id);

/* The directory of "/a/b". A descriptor, -ENOENT, ... */
int owner_cgroup_open(const struct owner_cgroups *c, const char *path);

/* The id of "/a/b", 0 when there is none. */
uint64_t owner_cgroup_id(const struct owner_cgroups *c, const char *path);

/* Is PATH the cgroup TOP or below it? Pure. */
bool owner_cgroup_is_below(const char *path, const char *top);

#endif
