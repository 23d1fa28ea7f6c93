/* SPDX-License-Identifier: GPL-2.0 */
/* Listening sockets, asked of the kernel: ss -ltn for one of them. */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <stdint.h>

struct listener {
	bool exists;
	uint32_t queued; /* connections that wait to be accepted */
	uint32_t limit;	 /* the queue is full with one more than this */
};

/*
 * The fullest one that takes connections to ADDR (network order, 4 or 16 bytes
 * by IP) and PORT, in the namespace NETNS (-1: the own one). 0 or -errno.
 */
int listener_find(int netns, int ip, const void *addr, uint16_t port,
		  struct listener *l);

#endif
