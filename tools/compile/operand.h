/* SPDX-License-Identifier: GPL-2.0 */
/* The parts that an instruction's text is put together from; see insn.c. */
#ifndef OPERAND_H
#define OPERAND_H

#include <stdbool.h>
#include <stddef.h>

#include "compile/insn.h"

/* Younger than the headers of Debian 12. */
#define MODE_MEMSX 0x80
#define OP_JCOND 0xe0

struct writer {
	const struct image *img;
	const struct image_prog *prog;
	size_t at;
	const struct bpf_insn *in; /* prog->insns + at */
	struct insn_text *out;
	size_t len;
	bool is_bad; /* an operand found that this is no instruction */
};

/* What does not fit into the text is cut off. */
void operand_add(struct writer *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * What the capital letters of a form stand for: index 0 is 'A'; NULL for a
 * letter that stands for nothing.
 */
extern void (*const operands[26])(struct writer *w);

/* The helper NR without its "bpf_", "map_lookup_elem"; NULL for none known. */
const char *operand_helper(int nr);

static inline bool insn_is_imm64(const struct bpf_insn *in)
{
	return in->code == (BPF_LD | BPF_IMM | BPF_DW);
}

static inline bool insn_is_jump(const struct bpf_insn *in)
{
	unsigned class = BPF_CLASS(in->code);

	return class == BPF_JMP || class == BPF_JMP32;
}

#endif
