/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes as the C types of ctype.h, for people and programs. Pure. */
#ifndef CVALUE_H
#define CVALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "view/buf.h"
#include "view/ctype.h"

/* A value, of any alignment; SIZE may be less or more than its type's. */
struct cvalue {
	const struct ctype *type;
	const void *raw;
	size_t size;
};

/*
 * Field F of the SIZE bytes at RAW; "-" (JSON: null) when it is not in them.
 * Strings are cleaned or escaped. Numbers of 128 bits, pointers, addresses and
 * byte strings are strings in JSON.
 */
void cfield_text(struct buf *b, const struct cfield *f, const void *raw,
		 size_t size);
void cfield_json(struct buf *b, const struct cfield *f, const void *raw,
		 size_t size);

/* All of it: a plain value, or an object of its fields. */
void cvalue_json(struct buf *b, const struct cvalue *v);

/* "name=value name=value", or a plain value. */
void cvalue_text(struct buf *b, const struct cvalue *v);

/* Element I of F, widened with its sign; 0 when it is not there. */
__int128 cfield_number(const struct cfield *f, const void *raw, size_t size,
		       size_t i);

#endif
