// SPDX-License-Identifier: GPL-2.0
#include "kernel/elf.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int file_read_at(void *arg, uint64_t off, void *to, size_t size)
{
	const int *fd = arg;
	char *p = to;

	while (size) {
		ssize_t n = pread(*fd, p, size, off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EBADMSG;
		p += n;
		off += n;
		size -= n;
	}
	return 0;
}

int elf_input_file(struct elf_input *in, const int *fd)
{
	struct stat st;

	if (fstat(*fd, &st))
		return -errno;
	*in = (struct elf_input){
		.read = file_read_at,
		.arg = (void *)fd,
		.size = st.st_size,
	};
	return 0;
}

static bool is_inside(const struct elf *e, uint64_t off, uint64_t size)
{
	return off <= e->in.size && size <= e->in.size - off;
}

int elf_read(const struct elf *e, uint64_t off, void *to, size_t size)
{
	return is_inside(e, off, size) ? e->in.read(e->in.arg, off, to, size)
				       : -EBADMSG;
}

static bool head_is_sound(const Elf64_Ehdr *h)
{
	const unsigned data = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
				      ? ELFDATA2LSB
				      : ELFDATA2MSB;

	return !memcmp(h->e_ident, ELFMAG, SELFMAG) &&
	       h->e_ident[EI_CLASS] == ELFCLASS64 &&
	       h->e_ident[EI_DATA] == data &&
	       h->e_phentsize == sizeof(Elf64_Phdr) &&
	       (!h->e_shnum || h->e_shentsize == sizeof(Elf64_Shdr));
}

int elf_init(struct elf *e, const struct elf_input *in)
{
	int err;

	e->in = *in;
	if (in->size < sizeof(e->head))
		return -ENOEXEC;
	err = elf_read(e, 0, &e->head, sizeof(e->head));
	if (err)
		return err;
	return head_is_sound(&e->head) ? 0 : -ENOEXEC;
}

/* Entry I of the table at OFF, which may lie unaligned. */
static int entry_read(const struct elf *e, uint64_t off, unsigned i, void *to,
		      size_t size)
{
	return off > e->in.size
		       ? -EBADMSG
		       : elf_read(e, off + (uint64_t)i * size, to, size);
}

int elf_section(const struct elf *e, unsigned i, Elf64_Shdr *s)
{
	return i < e->head.e_shnum
		       ? entry_read(e, e->head.e_shoff, i, s, sizeof(*s))
		       : -EBADMSG;
}

int elf_section_check(const struct elf *e, const Elf64_Shdr *s)
{
	return is_inside(e, s->sh_offset, s->sh_size) ? 0 : -EBADMSG;
}

static bool holds(const Elf64_Phdr *p, uint64_t addr)
{
	return p->p_type == PT_LOAD && p->p_flags & PF_X &&
	       addr >= p->p_vaddr && addr - p->p_vaddr < p->p_filesz;
}

int elf_offset_of(const struct elf *e, uint64_t addr, uint64_t *off)
{
	Elf64_Phdr p;
	unsigned i;
	int err;

	for (i = 0; i < e->head.e_phnum; i++) {
		err = entry_read(e, e->head.e_phoff, i, &p, sizeof(p));
		if (err)
			return err;
		if (!holds(&p, addr))
			continue;
		if (!is_inside(e, p.p_offset, addr - p.p_vaddr + 1))
			return -EBADMSG;
		*off = addr - p.p_vaddr + p.p_offset;
		return 0;
	}
	return -ENOEXEC;
}
