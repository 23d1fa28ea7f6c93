/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs that go where their names say, as BCC's macros name functions. The
 * names come from the image: what its text does not ask for is not attached.
 */
#ifndef NAMED_H
#define NAMED_H

#include <stdbool.h>
#include <stddef.h>

#define NAMED_MAX 64

/* The tracepoint that the program NAME is for, by its name; NULL for none. */
const char *named_target(const char *name);

/*
 * Whether TEXT has the function NAME: by that name, or by one of BCC's macros
 * and ours that make it of their arguments, as TRACEPOINT_PROBE(CAT, EVENT)
 * makes tracepoint__CAT__EVENT. Comments and strings do not count. Linear in
 * the size of TEXT. Pure.
 */
bool named_in(const char *text, const char *name);

/* The first of NR <= NAMED_MAX NAMES that TEXT has not, or NULL. Likewise. */
const char *named_missing(const char *text, const char *const *names,
			  size_t nr);

#endif
