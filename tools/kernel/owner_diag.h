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
	uint32_t ifindex; /* of the device it is bound to, or 0 */
	bool is_listener; /* key is that of the socket, addr its local end */
	bool is_v6only;
	bool is_taken;	/* for who goes through the list */
	uint16_t lport; /* host order */
	uint8_t addr[16];
	struct owner_key key;
};

struct owner_socks {
	struct owner_sock *s; /* in the order of inode */
	size_t nr;
	size_t max;	/* allocated */
	size_t nr_left; /* that were too many for it */
};

struct owner_diag_query {
	const struct range_set *ports; /* local ones; NULL or empty: any */
	bool want_listeners_only;
	size_t nr_max; /* sockets in the list */
};

/*
 * All that some process may hold, of the thread's namespace. 0, or -errno with
 * what there is so far. To be freed in any case.
 */
int owner_diag_list(struct owner_socks *list, const struct owner_diag_query *q);

/* One message of the answer. False when it is no socket, or of nobody. Pure. */
bool owner_diag_parse(const struct nlmsghdr *nh, struct owner_sock *s);

/* IPv4 addresses are mapped; by IP, 4 or 6. Pure. */
void owner_diag_addr(uint8_t to[16], const void *addr, uint8_t ip);

/* Those of INODE, or NULL. */
struct owner_sock *owner_socks_find(const struct owner_socks *list,
				    uint32_t inode);

void owner_socks_free(struct owner_socks *list);

#endif
