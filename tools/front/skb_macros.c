// SPDX-License-Identifier: GPL-2.0
#include "front/skb_macros.h"

/*
 * Drops in front of the stack, where a packet does not yet look like an
 * incoming one; the kernel has these reasons for nothing else.
 */
static const char *const early[] = {"CPU_BACKLOG", "XDP", NULL};

void skb_macros_reasons(struct strbuf *b, const struct drop_reasons *r,
			const char *macro, const char *const *names)
{
	int64_t reason;

	strbuf_printf(b, "#define %s(reason) (0", macro);
	for (; *names; names++) {
		reason = drop_reason_find(r, *names);
		if (reason >= 0)
			strbuf_printf(b, " || (reason) == %u",
				      (unsigned)reason);
	}
	strbuf_str(b, ")\n");
}

void skb_macros_place(struct strbuf *b, const struct place *place)
{
	size_t i;

	strbuf_printf(b,
		      "#define NETNS %u\n"
		      "#define is_interface(i) (0",
		      place->netns_inum);
	for (i = 0; i < place->ifindexes.nr; i++)
		strbuf_printf(b, " || ((i) >= %u && (i) <= %u)",
			      (unsigned)place->ifindexes.r[i].first,
			      (unsigned)place->ifindexes.r[i].last);
	strbuf_str(b, ")\n");
}

void skb_macros_write(struct strbuf *b, const struct place *place,
		      const struct drop_reasons *r)
{
	skb_macros_place(b, place);
	skb_macros_reasons(b, r, "is_early", early);
}
