/* SPDX-License-Identifier: GPL-2.0 */
/* A dropped packet, or several alike, as people and programs see them. */
#ifndef DROP_H
#define DROP_H

#include "view/record.h"
#include "view/view.h"

struct drop {
	struct record rec; /* rec.reason: its name, NULL when none was given */
	bool has_reason;
	uint32_t reason; /* the kernel's number */
	uint64_t location;
	const char *function; /* what location is in, or NULL */
	uint64_t offset;      /* from its start */
	uint64_t count;	      /* the last of so many alike */
	const char *meaning;  /* a sentence, or NULL */
};

/*
 * SIZE bytes at RAW, a struct drop_event, into *D, as record_decode(): the
 * names and the interface are for the caller to fill in; count is 1. 0 or
 * -EBADMSG. Pure.
 */
int drop_decode(const void *raw, size_t size, uint64_t boot_ns, struct drop *d,
		uint32_t *ifindex);

extern const struct schema schema_drop;

/*
 * What it usually means that the kernel drops for the reason of this NAME, and
 * what to look at: one sentence, lower case, no full stop. NULL for a reason
 * that is not known here. Pure.
 */
const char *drop_meaning(const char *name);

#endif
