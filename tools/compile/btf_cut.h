/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small BTF out of a big one: only the types that a set of words names and
 * what their layout needs. libbpf takes 100 ms to take in a kernel's 6 MB, a
 * walk over the raw bytes 5. Pure; trusts nothing about the bytes.
 *
 * The format: Documentation/bpf/btf.rst in the kernel's source.
 */
#ifndef BTF_CUT_H
#define BTF_CUT_H

#include <stddef.h>
#include <stdint.h>

#include "compile/ident.h"

/* How far a cut goes beyond the words. */
enum btf_reach {
	BTF_NAMED,   /* what they name, and what its layout needs */
	BTF_REACHED, /* and all that its pointers lead to */
	BTF_ALL,     /* everything that has a name, whatever the words */
};

struct btf_cut {
	void *raw; /* for btf__new() */
	size_t size;
	uint32_t *roots; /* ids in raw of the types that were named */
	size_t nr_roots;
	size_t nr_types; /* structs, unions, enums and typedefs defined in raw */
};

/*
 * Cut the types that WORDS wants out of SIZE bytes of BTF at RAW, in their
 * order. A struct that is only pointed to stays a declaration, unless REACH
 * says otherwise (behind a function's parameters in any case). Of types with
 * the same name the first counts. Enumerators without an upper-case letter
 * are not looked for: too many programs have a variable called "first".
 *
 * 0 with *CUT the caller's, -EBADMSG for what is no BTF of this machine's byte
 * order, -EPROTONOSUPPORT for kinds of types younger than this code, -ENOMEM.
 */
int btf_cut(const void *raw, size_t size, const struct ident_set *words,
	    enum btf_reach reach, struct btf_cut *cut);

/* Null-safe. */
void btf_cut_free(struct btf_cut *cut);

#endif
