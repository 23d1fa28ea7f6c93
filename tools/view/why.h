/* SPDX-License-Identifier: GPL-2.0 */
/* An attempt to connect that failed, and the verdict on it. */
#ifndef WHY_H
#define WHY_H

#include <linux/types.h>

#include "tcpwhy_event.h"
#include "view/record.h"
#include "view/view.h"

struct why {
	struct record rec; /* the SYN's; rec.reason: NULL when there is none */
	const char *verdict;
	struct why_attempt attempt;
	const char *function; /* where the kernel dropped it, or NULL */
	char evidence[64];    /* a few words */
};

/*
 * SIZE bytes at RAW, a struct why_event, into *W; the names are for the caller
 * to fill in before why_judge(). 0 or -EBADMSG. Pure.
 */
int why_decode(const void *raw, size_t size, uint64_t boot_ns, struct why *w);

/* The same of the parts of an event that never was one. */
void why_fill(struct why *w, uint64_t ts_ns, const struct why_key *key,
	      const struct why_attempt *a);

/*
 * Fill in the verdict and what it goes by. HAS_LISTENER: somebody listens, as
 * far as that is known (a kernel that gives no reasons leaves only that). Pure.
 */
void why_judge(struct why *w, bool has_listener);

extern const struct schema schema_why;

#endif
