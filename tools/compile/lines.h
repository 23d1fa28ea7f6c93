/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From an instruction to the C line it was made from, by line info and BTF
 * (Documentation/bpf/btf.rst of the kernel). Every offset is checked: the bytes
 * may be anything.
 */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "compile/image.h"

struct source_line {
	const char *text; /* leading blanks skipped; "" when not known */
	const char *file; /* the same */
	unsigned nr;
};

/* Walks once through a program; to be set up by lines_init(). */
struct lines {
	const struct image *img;
	const struct image_prog *prog;
	size_t next; /* record */
	struct bpf_line_info last;
};

void lines_init(struct lines *l, const struct image *img,
		const struct image_prog *prog);

/*
 * Whether another line than before starts at the instruction AT, which must
 * not become smaller from call to call. Line 0, instructions of the compiler's
 * own, belongs to the line before it. *OUT points into the image.
 */
bool lines_at(struct lines *l, size_t at, struct source_line *out);

/*
 * libbcc puts lines of its own into a text, so that its line numbers are too
 * high: find by how much, by looking in TEXT for the lines that IMG carries, and
 * put it right in IMG's line info, which must be writable. 0 or -ENOMEM.
 */
int lines_renumber(struct image *img, const char *text);

/* The string OFF of the image's BTF, or NULL. */
const char *btf_string(const struct image *img, uint32_t off);

#endif
