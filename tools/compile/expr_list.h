/* SPDX-License-Identifier: GPL-2.0 */
/* host("10.0.0.0/8,::1"), src(), dst() and ip() in an expression. */
#ifndef EXPR_LIST_H
#define EXPR_LIST_H

#include <stdbool.h>

#include "base/parse.h"
#include "base/strbuf.h"

/* Is P, in EXPR, the '"' that begins such a list? */
bool expr_list_begins(const char *expr, const char *p);

/*
 * The list at P, which starts with its '"': *LEN is its length with both. 0,
 * -EINVAL as in parse.h, or -ENOMEM.
 */
int expr_list_check(const char *p, size_t *len, struct parse_err *err);

/*
 * What those in EXPR, which is checked, stand for in C; nothing where there is
 * none. Each is known by its number, counted by the preprocessor, so that the
 * user's text can stay as it is.
 */
void expr_lists_write(struct strbuf *b, const char *expr);

/* The names again free for what follows. */
void expr_lists_end(struct strbuf *b, const char *expr);

#endif
