/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of a small kernel's types in a header tree. */
#ifndef TREE_CHECK_H
#define TREE_CHECK_H

#include <bpf/btf.h>
#include <stdlib.h>

#include "compile/btf_tree.h"

/* The text for WORDS of the types in B, freed: EXPECTED, with NR types. */
static inline void tree_check(struct btf *b, enum btf_reach reach,
			      const char *words, const char *expected,
			      size_t nr)
{
	struct ident_set set = {0};
	size_t nr_types;
	char *text;
	__u32 size;
	const void *raw = btf__raw_data(b, &size);

	assert_int_equal(ident_scan(&set, words), 0);
	assert_int_equal(
		btf_tree_text(raw, size, &set, reach, &text, &nr_types), 0);
	assert_string_equal(text, expected);
	assert_int_equal(nr_types, nr);
	free(text);
	ident_set_free(&set);
	btf__free(b);
}

#endif
