/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An image as text, for --print-bytecode: instructions in the words of the
 * kernel's verifier (kernel/bpf/disasm.c), but jumps by the number of the
 * instruction they go to, maps by name, and the C lines in between.
 */
#ifndef DISASM_H
#define DISASM_H

#include "compile/image.h"

/*
 * All programs of IMG, allocated, or NULL on lack of memory:
 *
 *	count: 4 instructions
 *	; return packet->len > 64; @ filter:1
 *	    0: (61) r0 = *(u32 *)(r1 +0)
 *	    1: (25) if r0 > 0x40 goto 3
 *	    2: (b7) r0 = 0
 *	>   3: (95) exit
 *
 * '>' marks what is jumped to or called, " (outside)" a jump out of the
 * program. What is no instruction is shown as "raw" and its eight bytes.
 * Nothing in the program, its line info or its BTF is trusted.
 */
char *disasm_text(const struct image *img);

#endif
