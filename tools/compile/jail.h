/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the compile child lives. A filter text is input for a compiler of 100
 * MB: whatever it makes of it, it can read nothing but kernel headers, reach
 * no network and no other process, start none, make nothing in the kernel and
 * outlive no limit.
 */
#ifndef JAIL_H
#define JAIL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "compile/syscall_filter.h"

struct jail {
	/* Directories that may be read, ended by "". */
	const char (*dirs)[PATH_MAX];
	/* All that is needed lies in dirs[0]: make it the root too. */
	bool want_root;
	unsigned limit_s; /* CPU seconds; the parent watches the clock */
	/* See syscall_filter_enter(). */
	struct syscalls_refused *refused;
	syscall_bpf_fn bpf;
};

/*
 * Lock this process in, for good; only the libraries that it has mapped by
 * now are left to it. Afterwards it is nobody, without capabilities, keys and
 * any system call but those of syscall_filter.h. 0, or -errno with the step
 * that failed in ERR.
 */
int jail_enter(const struct jail *jail, char *err, size_t err_size);

#endif
