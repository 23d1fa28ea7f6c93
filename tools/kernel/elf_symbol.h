/* SPDX-License-Identifier: GPL-2.0 */
/* Where a function is in an executable or library. */
#ifndef ELF_SYMBOL_H
#define ELF_SYMBOL_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The file that NAME means: a path, a program in PATH ("bash"), or a library
 * ("c" is libc.so.6). 0, or -ENOENT.
 */
int elf_find(const char *name, char path[PATH_MAX]);

/*
 * The offset of SYMBOL's first instruction in the SIZE bytes of an ELF file at
 * P. 0, -ENOEXEC when that is no 64-bit ELF file of this machine's byte order
 * or damaged, or -ENOENT when it has no such function. Pure.
 */
int elf_symbol_find(const void *p, size_t size, const char *symbol,
		    uint64_t *offset);

/* The same of a file. Also -errno of opening it. */
int elf_symbol_offset(const char *path, const char *symbol, uint64_t *offset);

#endif
