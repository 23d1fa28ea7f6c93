/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The filter options as C: what was not asked for is not in the program, one
 * port is one comparison, and many are a balanced tree of comparisons.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>

#include "base/parse.h"
#include "base/strbuf.h"

enum filter_direction {
	FILTER_IN,
	FILTER_OUT,
	FILTER_BOTH,
};

/* Empty sets and a zero mask let everything pass. */
struct filter {
	struct range_set local_ports;
	struct range_set remote_ports;
	struct addr_set hosts; /* either end */
	struct addr_set local;
	struct addr_set remote;
	struct flag_match flags;
	bool want_ipv4_only;
	bool want_ipv6_only;
	int direction; /* enum filter_direction */
	/* Checked by expr_check(), or NULL; for segment_matches(), unless it
	 * is to see the packet, see expr.h. */
	const char *expr;
	bool expr_is_packets;
	const char *text_name; /* of the whole text, with expr */
};

struct filter_families {
	bool has_ipv4;
	bool has_ipv6;
};

/* Which families can pass at all: "-H 10.0.0.0/8" lets no IPv6 through. */
struct filter_families filter_families(const struct filter *flt);

/* Whether segment_matches() refuses anything. */
bool filter_is_narrow(const struct filter *flt);

/*
 * bpf_src/common/filter.h for FLT: segment_matches() and what it calls.
 * Allocated, the caller's; NULL on lack of memory. Equal filters, however
 * written ("80,81" and "80-81"), give equal texts.
 */
char *filter_text(const struct filter *flt);

/* is_NAME_ipv4(u32 addr) and is_NAME_ipv6(u64 hi, u64 lo), of families that SET
 * has. */
void filter_addrs_write(struct strbuf *b, const char *name,
			const struct addr_set *set);

/* Null-safe. */
void filter_free(struct filter *flt);

#endif
