/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An ELF file of this machine, read piece by piece. Nothing in it is believed,
 * and no more of it is held than a piece. Pure but for elf_input_file(): where
 * the bytes come from is the caller's affair.
 */
#ifndef ELF_READ_H
#define ELF_READ_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

struct elf_input {
	/*
	 * All SIZE bytes from OFF on, which lie before the end. 0 or -errno,
	 * which is handed on by every function that reads: a search ends when
	 * this returns -EINTR.
	 */
	int (*read)(void *arg, uint64_t off, void *to, size_t size);
	void *arg;
	uint64_t size; /* of the whole file */
};

/*
 * IN reads the regular file *FD, which must stay open. 0 or -errno; its read()
 * returns -EBADMSG when the file was cut short meanwhile.
 */
int elf_input_file(struct elf_input *in, const int *fd);

struct elf {
	struct elf_input in;
	Elf64_Ehdr head;
};

/* 0, or -ENOEXEC when IN is no 64-bit ELF file of this machine's byte order. */
int elf_init(struct elf *e, const struct elf_input *in);

/* SIZE bytes from OFF on. 0, or -EBADMSG beyond the end. */
int elf_read(const struct elf *e, uint64_t off, void *to, size_t size);

/* The header of section I < e->head.e_shnum. 0, or -EBADMSG. */
int elf_section(const struct elf *e, unsigned i, Elf64_Shdr *s);

/* 0 when all bytes of the section S lie in the file, else -EBADMSG. */
int elf_section_check(const struct elf *e, const Elf64_Shdr *s);

/*
 * Where the instruction at ADDR is in the file. 0, -ENOEXEC when ADDR is in no
 * segment that is executed, or -EBADMSG.
 */
int elf_offset_of(const struct elf *e, uint64_t addr, uint64_t *off);

#endif
