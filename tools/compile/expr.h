/* SPDX-License-Identifier: GPL-2.0 */
/* The user's own C expression over a segment. */
#ifndef EXPR_H
#define EXPR_H

#include <stdbool.h>
#include <stdio.h>

#include "base/parse.h"
#include "base/strbuf.h"

/* Behind which text it stands, and so what it can know. */
enum expr_scope {
	EXPR_SEGMENT, /* expr_matches(s): the headers, or a connection's ends */
	EXPR_PACKET,  /* expr_matches(ctx, s, a): the packet too */
};

/*
 * Whether EXPR can stand in parentheses as one C expression, as far as the eye
 * can see without a compiler: no statement, block, directive or comment, no
 * string but addresses, as in host("10.0.0.0/8"), no parenthesis that closes
 * ours. 0, -EINVAL as in parse.h, or -ENOMEM.
 */
int expr_check(const char *expr, struct parse_err *err);

/*
 * expr_matches(), with those names that EXPR uses. The compiler's errors
 * point into EXPR as "filter:1:COLUMN", and behind it into the text NAME again.
 * Nothing for NULL.
 */
void expr_write(struct strbuf *b, const char *expr, const char *name,
		enum expr_scope scope);

/* Does EXPR, which may be NULL, use the name WORD? */
bool expr_uses(const char *expr, const char *word);

/*
 * Whether EXPR uses a name of EXPR_PACKET alone, or one that is none of ours
 * and may be meant to be.
 */
bool expr_needs_packet(const char *expr);

/* All names that an expression may use: type, unit and source, for people. */
void expr_print_fields(FILE *f, enum expr_scope scope);

#endif
