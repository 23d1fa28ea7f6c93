/* SPDX-License-Identifier: GPL-2.0 */
/* Types in BTF, looked up one by one. */
#ifndef BTF_FIND_H
#define BTF_FIND_H

#include <stdbool.h>

#include "compile/btf_raw.h"

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
