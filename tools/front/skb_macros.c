// SPDX-License-Identifier: GPL-2.0
#include "front/skb_macros.h"

/*
 * Drops in front of the stack, where a packet does not yet look like an
 * incoming one; the kernel has these reasons for nothing else.
 */
static const char *const early[] = {"CPU_BACKLOG", "XDP", NULL};

void skb_macros_reasons(FILE *f, const struct drop_reasons *r,
			const char *macro, const char *const *names)
{
	int64_t reason;

	fprintf(f, "#define %s(reason) (0", macro);
	for (; *names; names++) {
		reason = drop_reason_find(r, *names);
		if (reason >= 0)
			fprintf(f, " || (reason) == %u", (unsigned)reason);
	}
	fprintf(f, ")\n");
}

void skb_macros_place(FILE *f, const struct place *place)
{
	size_t i;

	fprintf(f,
		"#define NETNS %u\n"
		"#define is_interface(i) (0",
		place->netns_inum);
	for (i = 0; i < place->ifindexes.nr; i++)
		fprintf(f, " || ((i) >= %u && (i) <= %u)",
			(unsigned)place->ifindexes.r[i].first,
			(unsigned)place->ifindexes.r[i].last);
	fprintf(f, ")\n");
}

void skb_macros_write(FILE *f, const struct place *place,
		      const struct drop_reasons *r)
{
	skb_macros_place(f, place);
	skb_macros_reasons(f, r, "is_early", early);
}
