/* SPDX-License-Identifier: GPL-2.0 */
/* The user's own C expression over a segment. */
#ifndef EXPR_H
#define EXPR_H

#include <stdio.h>

#include "base/parse.h"

/*
 * Whether EXPR can stand in parentheses as one C expression, as far as the eye
 * can see without a compiler: no statement, block, directive, comment or
 * string, no parenthesis that closes ours. 0 or -EINVAL as in parse.h.
 */
int expr_check(const char *expr, struct parse_err *err);

/*
 * expr_matches(), with all the names that EXPR may use. The compiler's errors
 * point into EXPR as "filter:1:COLUMN", and behind it into the text NAME again.
 * Nothing for NULL.
 */
void expr_write(FILE *f, const char *expr, const char *name);

#endif
