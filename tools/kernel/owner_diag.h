/* SPDX-License-Identifier: GPL-2.0 */
/* The TCP sockets of a namespace, as NETLINK_SOCK_DIAG lists them. */
#ifndef OWNER_DIAG_H
#define OWNER_DIAG_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/types.h>

#include "base/range.h"
#include "owner_entry.h"

struct owner_sock {
	uint32_t inode;
	bool is_listener; /* key.remote is zero */
	bool is_v6only;
	bool is_taken; /* for who goes through the list */
	struct owner_key key;
};

struct owner_socks {
	struct owner_sock *s; /* in the order of inode */
	size_t nr;
	size_t max; /* allocated */
};

/*
 * All that some process may hold, of the thread's namespace, with one of the
 * local PORTS (NULL or empty: any); at most NR_MAX. 0, or -errno with what there
 * is so far. To be freed in any case.
 */
int owner_diag_list(struct owner_socks *list, const struct range_set *ports,
		    size_t nr_max);

/* One message of the answer. False when it is no socket, or of nobody. Pure. */
bool owner_diag_parse(const struct nlmsghdr *nh, struct owner_sock *s);

/* Those of INODE, or NULL. */
struct owner_sock *owner_socks_find(const struct owner_socks *list,
				    uint32_t inode);

void owner_socks_free(struct owner_socks *list);

#endif
