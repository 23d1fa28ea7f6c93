/* SPDX-License-Identifier: GPL-2.0 */
/* How ctype.c and ctype_json.c lay out fields: their own. */
#ifndef CTYPE_LAYOUT_H
#define CTYPE_LAYOUT_H

#include "view/ctype.h"

#define CTYPE_SIZE_MAX (1u << 20) /* bytes; a BPF map's value has no more */

/* One struct or union, while its fields are added to T. */
struct ctype_layout {
	struct ctype *t;
	size_t bits; /* behind the last field */
	size_t size, align;
	bool is_union, is_packed;
};

/* F, with its size and nr_bits, behind those before. False: too much. */
bool ctype_layout_add(struct ctype_layout *l, struct cfield *f);

/*
 * Make room for SIZE bytes of alignment ALIGN (a struct within): where it
 * starts, or -1: too much.
 */
long ctype_layout_place(struct ctype_layout *l, size_t size, size_t align);

/* Pad to its alignment: l->size and l->t's size and align. */
void ctype_layout_end(struct ctype_layout *l);

/* Kind and size of the type of LEN bytes at TYPE. False: not known. */
bool ctype_scalar(struct cfield *f, const char *type, size_t len);

/* What F's name says of it. */
void ctype_mark(struct cfield *f);

#endif
