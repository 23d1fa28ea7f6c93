/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file that libbcc includes first, and with it everything else: a program
 * may include the kernel's headers by any name, they are empty (this has it
 * all already).
 */
#pragma once
#pragma clang system_header

#define CONFIG_64BIT 1
#define CONFIG_BPF_SYSCALL 1
#define CONFIG_IPV6 1
#define CONFIG_NET_NS 1
#define CONFIG_SMP 1
/* All 64-bit machines that libbcc knows have it, but for powerpc and mips. */
#if defined(__x86_64__) || defined(__aarch64__) || defined(__s390x__)
#define CONFIG_ARCH_HAS_SYSCALL_WRAPPER 1
#endif

/*
 * libbcc brings a linux/bpf.h of its own, of another kernel than this one:
 * 7,000 lines that would be parsed three times, and types that BTF has too.
 */
#define _UAPI__LINUX_BPF_H__

#include <tree/types.h>
#include <tree/kernel.h>
#include <tree/bpf.h>
