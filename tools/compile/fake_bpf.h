/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bpf() that makes nothing. libbcc asks the kernel for a program's maps and
 * types while it compiles; the compile child answers these calls by itself and
 * keeps what was asked for, so that it needs neither the kernel's bpf() nor a
 * capability.
 */
#ifndef FAKE_BPF_H
#define FAKE_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The system call bpf(CMD, ATTR, SIZE): a descriptor, which is the caller's to
 * close, or -errno; -EPERM for what makes neither map, types nor program.
 * Allocates: not to be called from within an allocator.
 */
long fake_bpf(int cmd, const void *attr, size_t size);

/*
 * With which ATTR fake_bpf(CMD, ATTR) gave out FD last, or NULL; its btf,
 * func_info and line_info are 0 or point to copies, which are there until FD is
 * given out again.
 */
const union bpf_attr *fake_bpf_attr(int fd, enum bpf_cmd cmd);

/* Whether fake_bpf() has failed for lack of memory, ever. */
bool fake_bpf_was_short(void);

#endif
