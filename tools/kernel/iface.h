/* SPDX-License-Identifier: GPL-2.0 */
/* Interfaces of a hook's namespace: from the index in an event to a name. */
#ifndef IFACE_H
#define IFACE_H

#include <net/if.h>
#include <stdint.h>

struct iface {
	uint32_t ifindex;
	char name[IF_NAMESIZE]; /* "if7" when it is gone */
	uint16_t type;		/* ARPHRD_*; ARPHRD_NONE when it is gone */
	uint32_t link_len;	/* bytes of its link header */
};

struct iface_table;

/* NETNS is a descriptor, or -1 for the own namespace. NULL with errno set. */
struct iface_table *iface_table_new(int netns);

/* Null-safe. */
void iface_table_free(struct iface_table *t);

/* Never NULL; valid until the next iface_table_expire(). */
const struct iface *iface_get(struct iface_table *t, uint32_t ifindex);

/* The index of the interface NAME, or 0. */
uint32_t iface_find(const struct iface_table *t, const char *name);

/* Forget all: names and indices may have changed. To be called at times. */
void iface_table_expire(struct iface_table *t);

#endif
