/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's BTF to C text: the types that a set of words names, or more. */
#ifndef BTF_TREE_H
#define BTF_TREE_H

#include <stddef.h>

#include "compile/btf_cut.h"
#include "compile/ident.h"

struct btf_file {
	void *raw;
	size_t size;
	int is_mapped;
};

/*
 * Take in the file PATH: the kernel's own is mapped where it can be (from 6.16
 * on), any other is read. 0 or -errno: -EBADMSG when it is empty, and as
 * file_open() and file_read().
 */
int btf_file_open(struct btf_file *f, const char *path);

void btf_file_close(struct btf_file *f);

/*
 * C definitions of what btf_cut() takes out of SIZE bytes of BTF at RAW, in
 * an order that compiles. 0 with *TEXT allocated, the caller's
 * ("" when nothing is wanted), and *NR_TYPES the types it defines; or -errno
 * as btf_cut() and libbpf's btf_dump__dump_type().
 */
int btf_tree_text(const void *raw, size_t size, const struct ident_set *words,
		  enum btf_reach reach, char **text, size_t *nr_types);

#endif
