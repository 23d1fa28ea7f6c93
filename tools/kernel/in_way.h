/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs in the way of packets: at TC and XDP each packet waits for what the
 * program says of it, and lies open before it. A tool that only looks sees to it
 * that its programs say "go on" and write nothing there, whoever wrote them.
 */
#ifndef IN_WAY_H
#define IN_WAY_H

#include "kernel/load.h"

/*
 * Make the NR instructions INSNS of program P of IMG, which are reallocated,
 * fit for AS, which has is_in_way. 0, or -errno with a sentence in ERR: -EACCES
 * for a program that would do more than look; -ENOMEM. INSNS stay the caller's.
 */
int in_way_fit(const struct image *img, const struct image_prog *p,
	       const struct load_as *as, struct bpf_insn **insns, size_t *nr,
	       struct load_error *err);

#endif
