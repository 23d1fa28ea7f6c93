/* SPDX-License-Identifier: GPL-2.0 */
/* One BPF instruction as text; see disasm.h. */
#ifndef INSN_H
#define INSN_H

#include <stdbool.h>
#include <stddef.h>

#include "compile/image.h"

struct insn_text {
	char s[192];
	size_t nr_slots; /* 2 for a 64-bit immediate, else 1 */
};

/* The instruction AT, which must be one of PROG's: "(95) exit". */
void insn_text(const struct image *img, const struct image_prog *prog,
	       size_t at, struct insn_text *out);

/*
 * Where the jump, call or function reference AT goes, if it is one. The target
 * may lie outside of PROG.
 */
bool insn_target(const struct image_prog *prog, size_t at, long long *target);

#endif
