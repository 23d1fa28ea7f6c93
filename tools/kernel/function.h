/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program at the entry of a kernel function, where no tracepoint tells what
 * is to be known: fentry where the kernel has it (BTF and ftrace with direct
 * calls), else a kprobe.
 */
#ifndef FUNCTION_H
#define FUNCTION_H

#include <stdbool.h>

#include "kernel/load.h"

/* "fentry", "kprobe" */
const char *function_way(bool is_kprobe);

/*
 * Attach the program fentry__NAME of L to the kernel function NAME, or where
 * that is refused, kprobe__NAME; each is tried, no version is looked at. The
 * descriptor that keeps it there (closing it detaches), or -errno with ERR
 * filled. *IS_KPROBE: in the second way.
 */
int function_attach(const struct loaded *l, const char *name, bool *is_kprobe,
		    struct load_error *err);

/*
 * Whether a program of ours can be at the entry of a function at all: tried
 * with one that does nothing. 0, or -errno of the kprobe, -ENOMEM when memory
 * was short for the former; *IS_KPROBE as above.
 */
int function_probe(bool *is_kprobe);

#endif
