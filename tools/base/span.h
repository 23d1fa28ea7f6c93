/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of an argument: what the parsers of parse.h are made of. */
#ifndef SPAN_H
#define SPAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/parse.h"
#include "base/range.h"

/* Not NUL-terminated. */
struct span {
	const char *s;
	size_t len;
};

#define SPAN_QUOTE(span) PARSE_QUOTE((span).s, (span).len)

struct span span_of(const char *s);

/*
 * What is in front of the first C of ALL; *rest is what is behind it, with
 * rest->s NULL when ALL has no C.
 */
struct span span_cut(struct span all, char c, struct span *rest);

/*
 * Whether T is one or more decimal digits. *out is their value; more than 64
 * bits come out as some number above UINT64_MAX.
 */
bool span_digits(struct span t, u128 *out);

struct span_list {
	const char *one;  /* "port" */
	const char *many; /* "ports" */
	int (*add)(struct span item, void *out, struct parse_err *err);
};

/*
 * Call add() for each element of a comma-separated list until one fails; the
 * results are those of parse.h. An empty list or element and a list of more
 * than 4,096 are wrong.
 */
int span_each(struct span all, const struct span_list *list, void *out,
	      struct parse_err *err);

#endif
