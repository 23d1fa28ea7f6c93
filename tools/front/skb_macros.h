/* SPDX-License-Identifier: GPL-2.0 */
/* What bpf_src/common/skb.h must be told of this run and this kernel. */
#ifndef SKB_MACROS_H
#define SKB_MACROS_H

#include "base/strbuf.h"
#include "kernel/drop_reason.h"
#include "kernel/place.h"

/* "#define MACRO(reason) ...": one of the NAMES (NULL-ended) that R knows. */
void skb_macros_reasons(struct strbuf *b, const struct drop_reasons *r,
			const char *macro, const char *const *names);

/* NETNS and is_interface(). */
void skb_macros_place(struct strbuf *b, const struct place *place);

/* The same, and is_early(). */
void skb_macros_write(struct strbuf *b, const struct place *place,
		      const struct drop_reasons *r);

#endif
