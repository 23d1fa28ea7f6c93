/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a program at TC or XDP writes to: nothing but the verifier could say it
 * better, and that allows it to write to the packet and, at TC, to its context
 * (skb->mark). A program that only looks may do neither.
 */
#ifndef STORES_H
#define STORES_H

#include <linux/bpf.h>
#include <stddef.h>

/*
 * Follow what the registers and the stack of a program of TYPE
 * (BPF_PROG_TYPE_SCHED_CLS or _XDP) may hold, as the verifier does, and find a
 * store through an address of the packet or of the context. Helpers that write
 * there are not looked for: see allow.h. 0, or -errno: -EACCES with *AT that
 * store, -EOPNOTSUPP with *AT a function of the program's own that is called,
 * -E2BIG for a program with too many ways through it, -ENOMEM. What the verifier
 * refuses may pass. Linear in NR, by a factor of 64 at most. Pure.
 */
int stores_check(const struct bpf_insn *insns, size_t nr,
		 enum bpf_prog_type type, size_t *at);

#endif
