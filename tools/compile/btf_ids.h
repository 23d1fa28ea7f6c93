/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers by which the running kernel knows its own functions and structs,
 * for programs that call the former (kfuncs): libbcc has no way to do so.
 */
#ifndef BTF_IDS_H
#define BTF_IDS_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "compile/btf_raw.h"
#include "compile/ident.h"

/*
 * For each word of WORDS that is a name behind "BTF_ID_" or, with MAY_CALL,
 * "KFUNC_", print a "#define" of it: the struct NAME's number, or the function
 * NAME, to be called. Not for what BTF does not know. Pure.
 */
void btf_ids_print_in(struct strbuf *b, const struct btf_raw *btf,
		      const struct ident_set *words, bool may_call);

/*
 * The same for SIZE bytes of BTF at RAW; functions where the running kernel
 * takes a program that calls some of them: 6.2 and later do, but for those that
 * interpret programs. What is no BTF is an error of B, as btf_raw_open() tells
 * it.
 */
void btf_ids_print(struct strbuf *b, const void *raw, size_t size,
		   const struct ident_set *words);

/* Such calls, which clang took for ones of helpers, as kernels want them. Pure. */
void btf_ids_call(struct bpf_insn *insns, size_t nr);

#endif
