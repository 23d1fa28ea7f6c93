// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as a program or library in which a function is looked for: as they
 * are, and with a header that is believed, so that the tables are looked at.
 * Nothing outside is read, the work is bounded by the size, and what is found
 * lies in the file.
 *
 * Input: which read is interrupted (0: none), and the file.
 */
#include <stdbool.h>
#include <string.h>

#include "kernel/elf.c"
#include "kernel/elf_symbol.c"

#define NAME "here"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *p;
	size_t size;
	uint64_t nr_reads, nr_bytes;
	uint64_t last; /* the read that is interrupted; 0: none */
};

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

static int bytes_read(void *arg, uint64_t off, void *to, size_t size)
{
	struct bytes *b = arg;

	check(off <= b->size && size <= b->size - off);
	b->nr_bytes += size;
	if (++b->nr_reads == b->last)
		return -EINTR;
	memcpy(to, b->p + off, size);
	return 0;
}

static void check_file(const uint8_t *p, size_t size, uint64_t last)
{
	struct bytes b = {.p = p, .size = size, .last = last};
	const struct elf_input in = {bytes_read, &b, size};
	uint64_t offset = ~0ull;
	int ret = elf_symbol_find(&in, NAME, &offset);

	/* Each header of a section twice: also as what another refers to. */
	check(b.nr_bytes <= sizeof(Elf64_Ehdr) + 4 * size);
	check(!last || b.nr_reads <= last);
	check((ret == -EINTR) == (last && b.nr_reads == last));
	check(!ret || ret == -EINTR || ret == -ENOENT || ret == -ENOEXEC ||
	      ret == -EBADMSG);
	if (!ret)
		check(offset < size && memmem(p, size, NAME, sizeof(NAME)));
}

static void head_forge(uint8_t *p, size_t size)
{
	Elf64_Ehdr h;

	if (size < sizeof(h))
		return;
	memcpy(&h, p, sizeof(h));
	memcpy(h.e_ident, ELFMAG, SELFMAG);
	h.e_ident[EI_CLASS] = ELFCLASS64;
	h.e_ident[EI_DATA] = ELFDATA2LSB;
	h.e_phentsize = sizeof(Elf64_Phdr);
	h.e_shentsize = sizeof(Elf64_Shdr);
	memcpy(p, &h, sizeof(h));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *file;

	if (!size--)
		return 0;
	/* Of its own, so that a byte beyond it is noticed. */
	file = malloc(size ?: 1);
	check(file);
	memcpy(file, data + 1, size);
	check_file(file, size, 0);
	head_forge(file, size);
	check_file(file, size, 0);
	if (*data)
		check_file(file, size, *data);
	free(file);
	return 0;
}
