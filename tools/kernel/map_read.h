/* SPDX-License-Identifier: GPL-2.0 */
/* All that is in a map at one moment. */
#ifndef MAP_READ_H
#define MAP_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "compile/image.h"

struct map_entries {
	size_t key_size, value_size;
	size_t nr;
	char *keys;   /* nr times key_size bytes */
	char *values; /* likewise */
	bool is_cut;  /* there were more */
};

/* NR integers of SIZE bytes (1, 2, 4 or 8) in a value, from OFFSET on. */
struct map_sum {
	size_t offset, size, nr;
};

#define MAP_READ_MAX (1u << 20) /* entries */

/* Whether a map of this TYPE holds entries that can be read. */
bool map_is_readable(uint32_t type);

/*
 * Read the map M behind FD. Of arrays only the entries that are not zero. The
 * copies of a per-CPU map are added up as the NR_SUMS integers of SUMS say; of
 * what these leave out, the first CPU's stays. 0 or -errno with nothing to be freed.
 */
int map_read(int fd, const struct image_map *m, const struct map_sum *sums,
	     size_t nr_sums, struct map_entries *out);

void map_entries_free(struct map_entries *e);

#endif
