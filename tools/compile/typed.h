/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs of typed tracepoints (TYPED_TRACEPOINT_PROBE() in
 * bpf_src/common/kernel.h): the kernel wants the number of a type of its own,
 * see resolve.h.
 */
#ifndef TYPED_H
#define TYPED_H

/* The tracepoint that the program NAME is for, or NULL: it is not typed. */
const char *typed_name(const char *name);

#endif
