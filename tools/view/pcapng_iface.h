/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interfaces of one pcapng file: a block for each hook, interface,
 * namespace and link type, and what is counted for it until the end.
 */
#ifndef PCAPNG_IFACE_H
#define PCAPNG_IFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "view/pcapng_block.h"
#include "view/view.h"

struct pcapng_iface {
	char *name, *hook;
	bool has_netns;
	uint64_t netns;
	uint16_t linktype;
	struct pcapng_statistics stats;
	char comment[80]; /* of the statistics */
};

/* To be zeroed but for snaplen and filter, which are by reference. */
struct pcapng_ifaces {
	uint32_t snaplen;
	const char *filter;
	struct pcapng_iface *all;
	size_t nr;
	size_t current; /* the one found last */
};

/*
 * Make the interface of REC current. The size of the block that was appended
 * for it, 0 where it has one already, or -ENOMEM.
 */
ssize_t pcapng_iface_find(struct pcapng_ifaces *all, struct out *o,
			  const struct record *rec, uint16_t linktype);

/*
 * Take over the counts of S (see pcapng_close()); a hook that saw nothing gets
 * an interface. What was appended, or -ENOMEM.
 */
ssize_t pcapng_iface_sum(struct pcapng_ifaces *all, struct out *o,
			 const struct summary *s);

/* Leaves none. */
void pcapng_iface_forget(struct pcapng_ifaces *all);

#endif
