/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The system calls that are left to the compile child: those that libbcc and
 * LLVM were seen to make, on Debian 12 and 13 and with other allocators, and
 * nothing else.
 */
#ifndef SYSCALL_FILTER_H
#define SYSCALL_FILTER_H

#include <stddef.h>
#include <stdint.h>

#define SYSCALLS_MAX 1024 /* numbers; Linux 7.3 has 471 */

/*
 * Which calls were refused, a bit each. The process itself says so: a hint for
 * people, no proof.
 */
struct syscalls_refused {
	uint64_t bits[SYSCALLS_MAX / 64];
};

/* What bpf(CMD, ATTR, SIZE) returns, or -errno; -EPERM: refused. */
typedef long (*syscall_bpf_fn)(int cmd, const void *attr, size_t size);

/* The exit status of a process that calls abort() behind the filter. */
#define SYSCALL_FILTER_ABORTED 134

/*
 * From now on this process can make no system call but those. What is not on
 * the list fails with ENOSYS, as on a kernel that lacks it, and what is on it
 * but is asked for more than may be had with EPERM; both are noted in *REFUSED
 * and the process goes on. A call for another architecture's table ends it with
 * SIGSYS. BPF answers bpf(), which never reaches the kernel. Either may be
 * NULL. Needs no_new_privs. 0 or -errno.
 */
int syscall_filter_enter(struct syscalls_refused *refused, syscall_bpf_fn bpf);

/*
 * The names of those in REFUSED, "clone3, mkdir", "" for none; what has no
 * name is a number. Cut at SIZE. Returns TEXT.
 */
const char *syscalls_refused_say(const struct syscalls_refused *refused,
				 char *text, size_t size);

#endif
