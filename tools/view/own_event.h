/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events of a program that the user wrote: struct tcp_event, with fields of
 * their own, in another order, without some. Pure; descriptions and events may
 * be anything.
 */
#ifndef OWN_EVENT_H
#define OWN_EVENT_H

#include <stdint.h>

#include "view/ctype.h"
#include "view/record.h"

#define OWN_KNOWN 32 /* fields that a struct tcp_event may have */

struct own_event {
	struct ctype type; /* of the event; what is known is padding in it */
	struct own_known {
		uint16_t from; /* index in type */
		uint16_t to;   /* offset in a struct tcp_event */
		uint16_t size;
	} known[OWN_KNOWN];
	size_t nr_known;
	size_t nr_own;	/* fields that are left to be shown as they are */
	size_t v4_size; /* of an IPv4 event, bytes: up to saddr6 */
	size_t ts_offset;
};

/*
 * LINES as libbcc describes the event ("NAME#TYPE" lines). 0; -ENOENT when
 * there is nothing special in it: record_decode() does; -EINVAL, with a
 * sentence in ERR, when a field is missing without which it is no packet.
 */
int own_event_init(struct own_event *e, const char *lines, char *err,
		   size_t err_size);

/* As record_decode(), and rec->own is what is left. */
int own_event_decode(const struct own_event *e, const void *raw, size_t size,
		     uint64_t boot_ns, struct record *rec, uint32_t *ifindex);

#endif
