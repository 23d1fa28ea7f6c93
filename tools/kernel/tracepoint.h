/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which tracepoints the running kernel has and what they are called with: its
 * BTF holds a typedef btf_trace_NAME of each (include/trace/bpf_probe.h).
 */
#ifndef TRACEPOINT_H
#define TRACEPOINT_H

#include <stdbool.h>

#include "compile/btf_raw.h"

/* False also where there is no BTF to tell. */
bool tracepoint_exists(const char *name);

/*
 * The tracepoint of the program PROG: its name, without what RAW_ or
 * TYPED_TRACEPOINT_PROBE() put in front of it.
 */
const char *tracepoint_of(const char *prog);

/* Run PROG_FD, a raw or typed one, at tracepoint NAME: the link, or -errno. */
int tracepoint_open(const char *name, int prog_fd);

/* How many ctx->args[] a raw tracepoint program gets; -ENOENT without it. */
int tracepoint_nr_args(const char *name);

/* The same in BTF (NULL: there is none). Pure. */
int tracepoint_nr_args_in(const struct btf_raw *btf, const char *name);

#endif
