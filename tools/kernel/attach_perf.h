/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs on perf events: tracepoints, kprobes and uprobes. Each of these
 * returns the event's descriptor (closing it detaches), or -errno.
 */
#ifndef ATTACH_PERF_H
#define ATTACH_PERF_H

#include <stdbool.h>
#include <stdint.h>

/* CATEGORY:EVENT as tracefs has them. -ENOENT: the kernel has none. */
int tracepoint_attach(const char *category, const char *event, int prog_fd);

/*
 * The kernel function NAME, or with IS_RETURN where it returns. -EOPNOTSUPP:
 * the kernel has no kprobes at all; -ENOENT: no such function.
 */
int kprobe_attach(const char *name, bool is_return, int prog_fd);

/*
 * The instruction at OFFSET of the regular file BINARY, a descriptor, in all
 * processes. -EOPNOTSUPP likewise.
 */
int uprobe_attach(int binary, uint64_t offset, bool is_return, int prog_fd);

/* Where tracefs is mounted; NULL: nowhere. */
const char *tracefs_dir(void);

#endif
