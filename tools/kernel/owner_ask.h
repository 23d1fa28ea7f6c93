/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which socket a packet is for, asked of the kernel, which looks as it does when
 * the packet comes: by address, device and port. It takes a microsecond; all
 * questions together get a part of the time at most, whoever causes them.
 */
#ifndef OWNER_ASK_H
#define OWNER_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/owner_diag.h"

struct owner_ask {
	int fd; /* -1: closed */
	int netns;
	bool is_unbounded; /* to be set where there is no stranger's hand in it */
	uint64_t last_ns, credit_ns;
};

/* In the namespace NETNS, -1: the own one. 0 or -errno. */
int owner_ask_open(struct owner_ask *a, int netns);

/* Harmless on a closed one. */
void owner_ask_close(struct owner_ask *a);

struct owner_asked {
	uint32_t inode; /* 0: no process has it, or not any more */
	uint8_t state;	/* TCP_* of linux/tcp.h */
};

/*
 * The socket of the connection KEY, or who listens for it; with a remote end of
 * zero, who listens. 0, -ENOENT where there is none, -EBUSY when there were too
 * many questions, or another -errno.
 */
int owner_ask_socket(struct owner_ask *a, const struct owner_key *key,
		     uint32_t ifindex, struct owner_asked *out);

/*
 * All who listen at the port of KEY, in LIST, to be freed in any case. 0 or
 * -errno as above.
 */
int owner_ask_listeners(struct owner_ask *a, const struct owner_key *key,
			struct owner_socks *list);

enum owner_takers {
	TAKERS_NONE, /* nobody takes it */
	TAKERS_SURE, /* one of those that are marked does */
	TAKERS_MAYBE /* one of those may, or nobody */
};

/*
 * Mark as taken who of LIST, which listens at the right port, may get a packet to
 * the local end KEY that was seen at the interface IFINDEX. That need not be the
 * one where it goes to its socket: it may be a part of a bond or a bridge. Pure.
 */
enum owner_takers owner_takers_find(struct owner_socks *list,
				    const struct owner_key *key,
				    uint32_t ifindex);

#endif
