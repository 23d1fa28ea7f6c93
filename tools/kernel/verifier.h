/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's refusal of a program, put so that one can go on from it. */
#ifndef VERIFIER_H
#define VERIFIER_H

#include "base/strbuf.h"

/*
 * To B, what matters in LOG, a verifier log of level 1 or 2 in which the beginning
 * or the end may be missing: the refused instruction with the verifier's
 * message (at most six lines, without the states of registers), the C line
 * behind it, what that means and how to go on:
 *
 *	1: (71) r1 = *(u8 *)(r1 +12)
 *	invalid access to packet, off=12 size=1, R1(id=0,off=12,r=0)
 *	R1 offset is outside of the packet
 *	source: drop.c:21: return data[12] == 8 ? XDP_DROP : XDP_PASS;
 *	meaning: bytes of the packet are used that ...
 *	cure: compare before use: ...
 *
 * Lines without a part that is not known are left out; a message that is not
 * known is shown as it is. Control characters are shown as '?'.
 */
void verifier_explain(struct strbuf *b, const char *log);

/*
 * The same for what only the compiler finds: meaning and cure of what is in
 * TALK, its own lines; nothing when that is not known.
 */
void verifier_explain_compiler(struct strbuf *b, const char *talk);

#endif
