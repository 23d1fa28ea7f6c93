/* SPDX-License-Identifier: GPL-2.0 */
/* What a map of a user's program holds: as a table, histogram or JSON. */
#ifndef CMAP_H
#define CMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "view/ctype.h"

enum cmap_scale {
	CMAP_TABLE, /* no histogram */
	CMAP_LOG2,
	CMAP_LINEAR,
};

struct cmap {
	const char *name;
	const struct ctype *key, *value;
	size_t key_size, value_size;
	const char *keys, *values; /* NR of each, one behind the other */
	size_t nr;
	bool is_array; /* in the order of keys */
	enum cmap_scale scale;
	/* NULL, or the name of an address in the kernel; NULL for none. */
	const char *(*symbol)(void *arg, uint64_t addr);
	void *arg;
};

/*
 * The number of M's entries, then one a line; by value, where that is one
 * number, else by key. A histogram is drawn, one for each key but for its last
 * field, the slot.
 */
int cmap_text(const struct cmap *m, struct out *o);

/* One object a line for each entry or histogram. 0 or -ENOMEM, both. */
int cmap_json(const struct cmap *m, struct out *o);

#endif
