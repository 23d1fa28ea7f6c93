/* SPDX-License-Identifier: GPL-2.0 */
/* The types of the running kernel. */
#ifndef KERNEL_BTF_H
#define KERNEL_BTF_H

#include "compile/btf_find.h"

/*
 * The kernel's own BTF, taken in at the first call and kept until
 * kernel_btf_drop(); NULL when there is none that can be read. Not for several
 * threads at once.
 */
const struct btf_raw *kernel_btf(void);

/*
 * 0; -ENOMEM once memory was short for kernel_btf(): what was made of its NULL
 * since is not true of this kernel.
 */
int kernel_btf_error(void);

/* Give its memory back; pointers into it are void. The next call reads anew. */
void kernel_btf_drop(void);

#endif
