/* SPDX-License-Identifier: GPL-2.0 */
/* What programs must know of where they will run, before they are compiled. */
#ifndef PLACE_H
#define PLACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/range.h"

struct place {
	uint32_t netns_inum; /* as "ls -L -i /proc/PID/ns/net" shows it */
	uint32_t link_len;   /* of the interfaces' link header, bytes */
	struct range_set ifindexes; /* empty: all */
};

/*
 * Look at the interfaces IFNAMES (NULL-ended) in the namespace NETNS (NULL: the
 * own one). 0, or -errno with a sentence in ERR: no such interface, no such
 * namespace, or interfaces of which only some have a link header.
 */
int place_find(const char *netns, const char *const *ifnames, struct place *p,
	       char *err, size_t err_size);

void place_free(struct place *p);

#endif
