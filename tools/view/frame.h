/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was captured of a packet, as a frame of a file. Hooks below the network
 * layer have the Ethernet header, the others do not; tcpdump(8) reads files of
 * one link type only. So it is Ethernet where every hook has it, and else what
 * tcpdump itself writes for "-i any": Linux "cooked" headers, version 2, which
 * say interface and direction too.
 */
#ifndef FRAME_H
#define FRAME_H

#include "view/pcapng_block.h"

#define FRAME_COOKED_LEN 20 /* bytes */

/* Where it was captured. */
struct frame_place {
	uint32_t ifindex;
	uint16_t type;	   /* ARPHRD_* */
	uint32_t link_len; /* of the interface's link header, bytes */
	bool has_link;	   /* the captured bytes start with it */
};

/*
 * The frame of REC with its own link header. Its data is REC's.
 */
void frame_plain(struct pcapng_frame *f, const struct record *rec);

/*
 * The frame of REC with a cooked header, without any other. Its data is in
 * ROOM: FRAME_COOKED_LEN bytes more than were captured.
 */
void frame_cooked(struct pcapng_frame *f, const struct record *rec,
		  const struct frame_place *place, uint8_t *room);

#endif
