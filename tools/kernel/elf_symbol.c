// SPDX-License-Identifier: GPL-2.0
#include "kernel/elf_symbol.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file in memory; nothing in it is believed. */
struct elf {
	const char *p;
	size_t size;
	Elf64_Ehdr head;
};

/* Copy SIZE bytes from OFF: tables may lie unaligned. False beyond the end. */
static bool elf_read(const struct elf *e, uint64_t off, void *to, size_t size)
{
	if (off > e->size || size > e->size - off)
		return false;
	memcpy(to, e->p + off, size);
	return true;
}

static bool section_read(const struct elf *e, unsigned i, Elf64_Shdr *s)
{
	return i < e->head.e_shnum &&
	       elf_read(e, e->head.e_shoff + (uint64_t)i * sizeof(*s), s,
			sizeof(*s));
}

/* Does the string at OFF of the table STRINGS read NAME? */
static bool is_string(const struct elf *e, const Elf64_Shdr *strings,
		      uint64_t off, const char *name)
{
	size_t len = strlen(name) + 1;

	return off < strings->sh_size && len <= strings->sh_size - off &&
	       strings->sh_offset <= e->size &&
	       strings->sh_size <= e->size - strings->sh_offset &&
	       !memcmp(e->p + strings->sh_offset + off, name, len);
}

static bool is_function(const Elf64_Sym *sym)
{
	unsigned type = ELF64_ST_TYPE(sym->st_info);

	return (type == STT_FUNC || type == STT_GNU_IFUNC) && sym->st_value &&
	       sym->st_shndx != SHN_UNDEF;
}

/* The symbol table TABLE has it: its address. */
static bool table_search(const struct elf *e, const Elf64_Shdr *table,
			 const char *name, uint64_t *addr)
{
	Elf64_Shdr strings;
	uint64_t off;
	Elf64_Sym sym;

	if (!section_read(e, table->sh_link, &strings))
		return false;
	for (off = 0; off + sizeof(sym) <= table->sh_size; off += sizeof(sym)) {
		if (!elf_read(e, table->sh_offset + off, &sym, sizeof(sym)))
			return false;
		if (is_function(&sym) &&
		    is_string(e, &strings, sym.st_name, name)) {
			*addr = sym.st_value;
			return true;
		}
	}
	return false;
}

/* From an address to where the loader takes it from. */
static int address_to_offset(const struct elf *e, uint64_t addr, uint64_t *off)
{
	Elf64_Phdr p;
	unsigned i;

	for (i = 0; i < e->head.e_phnum; i++) {
		if (!elf_read(e, e->head.e_phoff + i * sizeof(p), &p,
			      sizeof(p)))
			return -ENOEXEC;
		if (p.p_type == PT_LOAD && p.p_flags & PF_X &&
		    addr >= p.p_vaddr && addr - p.p_vaddr < p.p_memsz) {
			*off = addr - p.p_vaddr + p.p_offset;
			return 0;
		}
	}
	return -ENOEXEC;
}

static bool head_is_sound(const struct elf *e)
{
	const unsigned data = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
				      ? ELFDATA2LSB
				      : ELFDATA2MSB;
	const Elf64_Ehdr *h = &e->head;

	return !memcmp(h->e_ident, ELFMAG, SELFMAG) &&
	       h->e_ident[EI_CLASS] == ELFCLASS64 &&
	       h->e_ident[EI_DATA] == data &&
	       h->e_phentsize == sizeof(Elf64_Phdr) &&
	       (!h->e_shnum || h->e_shentsize == sizeof(Elf64_Shdr));
}

int elf_symbol_find(const void *p, size_t size, const char *symbol,
		    uint64_t *offset)
{
	struct elf e = {.p = p, .size = size};
	Elf64_Shdr s;
	uint64_t addr;
	unsigned i;

	if (!elf_read(&e, 0, &e.head, sizeof(e.head)) || !head_is_sound(&e))
		return -ENOEXEC;
	for (i = 0; i < e.head.e_shnum; i++) {
		if (!section_read(&e, i, &s))
			return -ENOEXEC;
		if ((s.sh_type == SHT_SYMTAB || s.sh_type == SHT_DYNSYM) &&
		    table_search(&e, &s, symbol, &addr))
			return address_to_offset(&e, addr, offset);
	}
	return -ENOENT;
}

int elf_symbol_offset(const char *path, const char *symbol, uint64_t *offset)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), ret;
	struct stat st;
	void *p;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !st.st_size) {
		close(fd);
		return -ENOEXEC;
	}
	p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	ret = p == MAP_FAILED ? -errno : 0;
	close(fd);
	if (ret)
		return ret;
	ret = elf_symbol_find(p, st.st_size, symbol, offset);
	munmap(p, st.st_size);
	return ret;
}

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* The first of DIRS, a colon-separated list, with the program NAME. */
static bool program_find(const char *dirs, const char *name,
			 char path[PATH_MAX])
{
	size_t len;

	for (; *dirs; dirs += len + (dirs[len] == ':')) {
		len = strcspn(dirs, ":");
		snprintf(path, PATH_MAX, "%.*s/%s", (int)len, dirs, name);
		if (is_file(path))
			return true;
	}
	return false;
}

static bool library_find(const char *name, char path[PATH_MAX])
{
	static const char *const patterns[] = {
		"/lib/*-linux-gnu/lib%s.so.*",
		"/usr/lib/*-linux-gnu/lib%s.so.*", "/lib64/lib%s.so.*",
		"/usr/lib64/lib%s.so.*", "/usr/local/lib/lib%s.so*"};
	char pattern[PATH_MAX];
	bool is_found = false;
	glob_t g;
	size_t i;

	for (i = 0; !is_found && i < sizeof(patterns) / sizeof(*patterns);
	     i++) {
		snprintf(pattern, sizeof(pattern), patterns[i], name);
		if (glob(pattern, 0, NULL, &g))
			continue;
		snprintf(path, PATH_MAX, "%s", g.gl_pathv[0]);
		globfree(&g);
		is_found = is_file(path);
	}
	return is_found;
}

int elf_find(const char *name, char path[PATH_MAX])
{
	if (strchr(name, '/')) {
		snprintf(path, PATH_MAX, "%s", name);
		return is_file(path) ? 0 : -ENOENT;
	}
	if (program_find(getenv("PATH") ?: "/usr/bin:/bin", name, path) ||
	    library_find(name, path))
		return 0;
	return -ENOENT;
}
