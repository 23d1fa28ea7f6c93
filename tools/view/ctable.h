/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of C values under a line of titles: the fields of an event, or of keys
 * and values.
 */
#ifndef CTABLE_H
#define CTABLE_H

#include "base/out.h"
#include "view/cvalue.h"

#define CTABLE_PARTS 2
#define CTABLE_COLUMNS (CTABLE_PARTS * CTYPE_FIELDS)

struct ctable {
	const struct ctype *types[CTABLE_PARTS];
	size_t nr;			 /* of these */
	const char *names[CTABLE_PARTS]; /* of what is no struct: "VALUE" */
	const char *indent;
	size_t widths[CTABLE_COLUMNS];
};

/* Widths from the types: room for common values. What is longer moves what
 * follows. */
void ctable_fit_types(struct ctable *t);

/* Widths from the titles; ctable_fit() then widens them for each row. */
void ctable_fit_titles(struct ctable *t);
void ctable_fit(struct ctable *t, const struct cvalue *values);

void ctable_titles(const struct ctable *t, struct out *o);
void ctable_row(const struct ctable *t, struct out *o,
		const struct cvalue *values);

#endif
