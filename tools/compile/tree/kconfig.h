/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file that libbcc includes first, and with it everything else: a program
 * may include the kernel's headers by any name, they are empty (this has it
 * all already).
 */
#pragma once
#pragma clang system_header

/* What the types show of the configuration is in kernel.h. */
#define CONFIG_64BIT 1
#define CONFIG_BPF_SYSCALL 1
#define CONFIG_MMU 1
#define CONFIG_NET 1
#define CONFIG_INET 1
/* All 64-bit machines that libbcc knows have it, but for powerpc and mips. */
#if defined(__x86_64__) || defined(__aarch64__) || defined(__s390x__)
#define CONFIG_ARCH_HAS_SYSCALL_WRAPPER 1
#endif
/* Where the kernel's addresses begin, at the lowest. */
#if defined(__x86_64__)
#define CONFIG_X86 1
#define CONFIG_X86_64 1
#define __PAGE_OFFSET_BASE_L4 0xffff888000000000UL
#define __PAGE_OFFSET_BASE_L5 0xff11000000000000UL
#define PAGE_OFFSET __PAGE_OFFSET_BASE_L4
#elif defined(__aarch64__)
#define CONFIG_ARM64 1
#define PAGE_OFFSET 0xffff000000000000UL
#elif defined(__powerpc64__)
#define CONFIG_PPC64 1
#define PAGE_OFFSET 0xc000000000000000UL
#elif defined(__riscv)
#define CONFIG_RISCV 1
#define PAGE_OFFSET 0xff60000000000000UL
#elif defined(__s390x__)
#define CONFIG_S390 1
#define PAGE_OFFSET 0UL
#endif

/* IS_ENABLED(CONFIG_X): 1 or 0, whether X is defined as 1 or not at all. */
#define TREE_COMMA_1 0,
#define TREE_SECOND(first, second, ...) second
#define TREE_IS_ONE(comma_or_junk) TREE_SECOND(comma_or_junk 1, 0, 0)
#define TREE_PASTE(x) TREE_IS_ONE(TREE_COMMA_##x)
#define IS_ENABLED(option) TREE_PASTE(option)
#define IS_BUILTIN(option) TREE_PASTE(option)

/*
 * libbcc brings a linux/bpf.h of its own, of another kernel than this one:
 * 7,000 lines that would be parsed three times, and types that BTF has too.
 */
#define _UAPI__LINUX_BPF_H__

#include <tree/types.h>
#include <tree/kernel.h>
#include <tree/bpf.h>
