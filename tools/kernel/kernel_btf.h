/* SPDX-License-Identifier: GPL-2.0 */
/* The types of the running kernel, looked up one by one. */
#ifndef KERNEL_BTF_H
#define KERNEL_BTF_H

#include <stdbool.h>

#include "compile/btf_raw.h"

/*
 * The kernel's own BTF, taken in at the first call and kept until
 * kernel_btf_drop(); NULL when there is none that can be read. Not for several
 * threads at once.
 */
const struct btf_raw *kernel_btf(void);

/* Give its memory back; pointers into it are void. The next call reads anew. */
void kernel_btf_drop(void);

/*
 * The first type of BTF (NULL: there is none) that is of KIND (BTF_KIND_*; a
 * 32-bit enum also stands for a 64-bit one) and has this name, or NULL. Pure.
 */
const struct btf_type *btf_find(const struct btf_raw *btf, unsigned kind,
				const char *name);

/* The same as a number, 0 for none. */
uint32_t btf_find_id(const struct btf_raw *btf, unsigned kind,
		     const char *name);

/*
 * Whether the struct RECORD of BTF has MEMBER, itself or in its nameless
 * structs and unions. Pure.
 */
bool btf_has_member(const struct btf_raw *btf, const char *record,
		    const char *member);

#endif
