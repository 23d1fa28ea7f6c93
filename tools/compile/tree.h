/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel header tree for one program:
 *
 *	include/linux/kconfig.h	what libbcc includes first, and includes these:
 *	include/tree/types.h	integers
 *	include/tree/kernel.h	from BTF, with the macros of compat.h,
 *				compat_net.h and members.h that the program uses
 *	include/tree/bpf.h	what libbcc's own headers need
 *	include/...		a stub for each name that is included
 *	state			what it was made for, and kernel.h's hash
 */
#ifndef TREE_H
#define TREE_H

#include <stddef.h>

#include "compile/recipe.h"

/*
 * Fill the empty directory DIR. 0 with *NR_TYPES, or -errno as btf_tree_text()
 * and write(2); -EINTR when stop_is_asked().
 */
int tree_make(const struct tree_recipe *r, const char *btf_path, int dir,
	      size_t *nr_types);

/*
 * Does DIR hold a whole tree of exactly this recipe, with the very bytes that
 * tree_make() wrote? All of them are read: half a millisecond for the tree of
 * one program. 0 with *NR_TYPES, or -ESTALE.
 */
int tree_check(const struct tree_recipe *r, int dir, size_t *nr_types);

#endif
