/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a program returns where packets wait for it: a filter at TC or XDP must
 * say "go on" for each of them, whatever its text says.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Make the *NR instructions *INSNS, which are reallocated where they change, end
 * with VERDICT on every way: each exit that does not follow it already goes to
 * one behind the end that does. As our own programs are compiled, nothing
 * changes. 0, or -errno with the old program: -EINVAL with *AT a load of the
 * packet by BPF_ABS or BPF_IND, which ends the program with 0 where the packet
 * is too short, and VERDICT is another; -EOPNOTSUPP with *AT a call or a
 * jump that leaves the program; -E2BIG when an exit is too far from the end, -ENOMEM. Linear.
 * Pure.
 */
int verdict_fix(struct bpf_insn **insns, size_t *nr, int32_t verdict,
		size_t *at);

#endif
