/* SPDX-License-Identifier: GPL-2.0 */
/* Where a function is in an executable or library. */
#ifndef ELF_SYMBOL_H
#define ELF_SYMBOL_H

#include <limits.h>
#include <stdint.h>

#include "kernel/elf.h"

/* Bytes of symbols and their names that are looked at in one file. */
#define ELF_TABLES_MAX (512u << 20)

/*
 * The file that NAME means: a path, a program in PATH ("bash"), or a library
 * ("c" is libc.so.6). 0, -ENOENT or -ENOMEM; a path with a slash is not looked
 * at.
 */
int elf_find(const char *name, char path[PATH_MAX]);

/*
 * The offset of SYMBOL's first instruction in the ELF file IN. The work is
 * bounded by the size of the file and by ELF_TABLES_MAX, memory to some 16 MiB.
 * Pure. 0, or -errno:
 * -ENOEXEC	it is no 64-bit ELF file of this machine's byte order, or not one
 *		to be executed
 * -ENOENT	it has no such function
 * -EBADMSG	it is damaged: a table ends behind it, or its tables overlap
 * -EFBIG	it has symbols beyond ELF_TABLES_MAX
 */
int elf_symbol_find(const struct elf_input *in, const char *symbol,
		    uint64_t *offset);

/* The same of the regular file FD. */
int elf_symbol_offset(int fd, const char *symbol, uint64_t *offset);

#endif
