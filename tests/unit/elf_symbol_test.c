// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/elf_symbol.h"

#define SELF "/proc/self/exe"
#define ADDRESS 0x1000 /* of the functions of a file that is made here */

int elf_symbol_test_marker(int x);

__attribute__((noinline)) int elf_symbol_test_marker(int x)
{
	return x * 3 + 1;
}

static char *self_read(size_t *size)
{
	FILE *f = fopen(SELF, "re");
	char *p = malloc(64 << 20);

	assert_non_null(f);
	*size = fread(p, 1, 64 << 20, f);
	fclose(f);
	return p;
}

/* A file in memory, and how often and how much is read of it. */
struct memory {
	const char *p;
	size_t size;
	uint64_t nr_reads, nr_bytes;
	uint64_t nr_max; /* reads, before it is interrupted; 0: no end */
};

static int memory_read(void *arg, uint64_t off, void *to, size_t size)
{
	struct memory *m = arg;

	if (m->nr_max && m->nr_reads == m->nr_max)
		return -EINTR;
	assert_true(off <= m->size && size <= m->size - off);
	m->nr_reads++;
	m->nr_bytes += size;
	memcpy(to, m->p + off, size);
	return 0;
}

static int find(struct memory *m, const char *name, uint64_t *offset)
{
	const struct elf_input in = {memory_read, m, m->size};

	return elf_symbol_find(&in, name, offset);
}

static int find_in(const char *p, size_t size, const char *name,
		   uint64_t *offset)
{
	struct memory m = {.p = p, .size = size};

	return find(&m, name, offset);
}

static int find_in_file(const char *path, const char *name, uint64_t *offset)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	assert_true(fd >= 0);
	ret = elf_symbol_offset(fd, name, offset);
	close(fd);
	return ret;
}

/* Of what lies at the offset and of what runs, the first bytes are the same. */
static void test_own_function(void **state)
{
	uint64_t offset = 0;
	size_t size;
	char *p = self_read(&size);

	assert_int_equal(find_in_file(SELF, "elf_symbol_test_marker", &offset),
			 0);
	assert_true(offset + 16 <= size);
	assert_memory_equal(p + offset, (void *)elf_symbol_test_marker, 16);
	free(p);
}

static void test_no_such(void **state)
{
	char name[8192];
	uint64_t offset;

	assert_int_equal(find_in_file(SELF, "no_such", &offset), -ENOENT);
	assert_int_equal(find_in_file(SELF, "elf_symbol_test_marke", &offset),
			 -ENOENT);
	assert_int_equal(find_in_file(SELF, "", &offset), -ENOENT);
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = 0;
	assert_int_equal(find_in_file(SELF, name, &offset), -ENOENT);
	assert_int_equal(find_in_file("/etc/passwd", "x", &offset), -ENOEXEC);
	assert_int_equal(find_in_file("/dev/null", "x", &offset), -ENOEXEC);
}

static bool is_refusal(int ret)
{
	return ret == -ENOEXEC || ret == -ENOENT || ret == -EBADMSG;
}

/* Without the last headers of sections it is found still, or not at all. */
static void test_cuts(void **state)
{
	size_t size, len, step;
	char *p = self_read(&size);
	uint64_t offset, right;

	assert_int_equal(find_in(p, size, "elf_symbol_test_marker", &right), 0);
	step = size / 500;
	for (len = 0; len < size; len += len < 200 ? 1 : step) {
		char *copy = malloc(len ?: 1);
		int ret;

		memcpy(copy, p, len);
		ret = find_in(copy, len, "elf_symbol_test_marker", &offset);
		assert_true(is_refusal(ret) || (!ret && offset == right));
		free(copy);
	}
	free(p);
}

/* Each byte of the header as large as can be: nothing outside is read. */
static void test_wrong_headers(void **state)
{
	size_t size, i;
	char *p = self_read(&size), was;
	uint64_t offset;

	for (i = 0; i < sizeof(Elf64_Ehdr); i++) {
		int ret;

		was = p[i];
		p[i] = (char)0xff;
		ret = find_in(p, size, "elf_symbol_test_marker", &offset);
		assert_true(!ret || is_refusal(ret));
		p[i] = was;
	}
	assert_int_equal(find_in(p, size, "elf_symbol_test_marker", &offset),
			 0);
	free(p);
}

/*
 * A program of NR symbols, all functions called "near" but for the last, which
 * is "here", in each of NR_TABLES symbol tables over the same bytes.
 */
struct made {
	Elf64_Ehdr head;
	Elf64_Phdr segment;
	char strings[16];
	Elf64_Shdr sections[];
};

static size_t made_size(size_t nr, size_t nr_tables)
{
	return sizeof(struct made) + (nr_tables + 1) * sizeof(Elf64_Shdr) +
	       nr * sizeof(Elf64_Sym);
}

static Elf64_Sym *made_symbols(struct made *f)
{
	return (Elf64_Sym *)(f->sections + f->head.e_shnum);
}

static struct made *make(size_t nr, size_t nr_tables)
{
	size_t i, size = made_size(nr, nr_tables);
	struct made *f = calloc(1, size);
	const unsigned data = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
				      ? ELFDATA2LSB
				      : ELFDATA2MSB;

	assert_non_null(f);
	f->head = (Elf64_Ehdr){
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			    data, EV_CURRENT},
		.e_phoff = offsetof(struct made, segment),
		.e_phentsize = sizeof(f->segment),
		.e_phnum = 1,
		.e_shoff = offsetof(struct made, sections),
		.e_shentsize = sizeof(*f->sections),
		.e_shnum = nr_tables + 1,
	};
	f->segment = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_vaddr = ADDRESS,
		.p_filesz = size,
		.p_memsz = size + 1000,
	};
	memcpy(f->strings, "\0near\0here", 11);
	f->sections[0] = (Elf64_Shdr){
		.sh_type = SHT_STRTAB,
		.sh_offset = offsetof(struct made, strings),
		.sh_size = 11,
	};
	for (i = 1; i <= nr_tables; i++)
		f->sections[i] = (Elf64_Shdr){
			.sh_type = SHT_SYMTAB,
			.sh_offset = (char *)made_symbols(f) - (char *)f,
			.sh_size = nr * sizeof(Elf64_Sym),
		};
	for (i = 0; i < nr; i++)
		made_symbols(f)[i] = (Elf64_Sym){
			.st_name = i + 1 == nr ? 6 : 1,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = 1,
			.st_value = ADDRESS + i,
		};
	return f;
}

static void test_last_of_many(void **state)
{
	static const size_t sizes[] = {1, 1023, 1024, 1025, 3000};
	uint64_t offset;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct made *f = make(sizes[i], 1);
		size_t size = made_size(sizes[i], 1);

		assert_int_equal(find_in((char *)f, size, "here", &offset), 0);
		assert_int_equal(offset, sizes[i] - 1);
		assert_int_equal(find_in((char *)f, size, "ear", &offset),
				 -ENOENT);
		assert_int_equal(find_in((char *)f, size, "here2", &offset),
				 -ENOENT);
		free(f);
	}
}

/* Without a bound this takes 60,000 times as long. */
static void test_tables_over_the_same_bytes(void **state)
{
	size_t nr = 200000, size = made_size(nr, 60000);
	struct made *f = make(nr, 60000);
	struct memory m = {.p = (char *)f, .size = size};
	uint64_t offset;

	assert_int_equal(find(&m, "nosuch", &offset), -EBADMSG);
	assert_true(m.nr_bytes < size);
	/* What is in the first of them is found. */
	assert_int_equal(find(&m, "here", &offset), 0);
	assert_int_equal(offset, nr - 1);
	free(f);
}

/* Two tables, as programs have them: nothing is wrong with that. */
static void test_two_tables(void **state)
{
	struct made *f = make(200, 2);
	uint64_t offset;

	/* The first has the first half. */
	f->sections[1].sh_size /= 2;
	f->sections[2].sh_offset += f->sections[1].sh_size;
	f->sections[2].sh_size /= 2;
	assert_int_equal(find_in((char *)f, made_size(200, 2), "here", &offset),
			 0);
	assert_int_equal(offset, 199);
	assert_int_equal(
		find_in((char *)f, made_size(200, 2), "nosuch", &offset),
		-ENOENT);
	free(f);
}

/* What lies behind the end, or in a part of memory that no file fills. */
static void test_damages(void **state)
{
	size_t size = made_size(100, 1);
	struct made *f = make(100, 1);
	uint64_t offset;

	f->sections[1].sh_size += sizeof(Elf64_Sym);
	assert_int_equal(find_in((char *)f, size, "here", &offset), -EBADMSG);
	f->sections[1].sh_size = ~0ull;
	assert_int_equal(find_in((char *)f, size, "here", &offset), -EBADMSG);
	f->sections[1].sh_size = 100 * sizeof(Elf64_Sym);
	f->sections[1].sh_link = 2;
	assert_int_equal(find_in((char *)f, size, "here", &offset), -EBADMSG);
	f->sections[1].sh_link = 0;
	f->sections[0].sh_offset = -5ull;
	assert_int_equal(find_in((char *)f, size, "here", &offset), -EBADMSG);
	f->sections[0].sh_offset = offsetof(struct made, strings);
	made_symbols(f)[99].st_value = ADDRESS + size;
	assert_int_equal(find_in((char *)f, size, "here", &offset), -ENOEXEC);
	f->segment.p_filesz += 10;
	assert_int_equal(find_in((char *)f, size, "here", &offset), -EBADMSG);
	f->segment.p_offset = ~0ull - size + 1;
	assert_int_equal(find_in((char *)f, size, "here", &offset), -EBADMSG);
	free(f);
}

/* A file of 2^40 bytes: the head of a made one, then symbols that are none. */
static int endless_read(void *arg, uint64_t off, void *to, size_t size)
{
	struct memory *m = arg;

	m->nr_reads++;
	if (off < m->size)
		return memory_read(arg, off, to, size);
	memset(to, 0, size);
	return 0;
}

static void test_more_symbols_than_are_looked_at(void **state)
{
	struct made *f = make(0, 1);
	struct memory m = {.p = (char *)f, .size = made_size(0, 1)};
	const struct elf_input in = {endless_read, &m, 1ull << 40};
	uint64_t offset, room = ELF_TABLES_MAX - 11;

	f->sections[1].sh_size = room + 1;
	assert_int_equal(elf_symbol_find(&in, "here", &offset), -EFBIG);
	assert_true(m.nr_reads < 10);
	f->sections[1].sh_size = room;
	assert_int_equal(elf_symbol_find(&in, "here", &offset), -ENOENT);
	free(f);
}

/* 100 MiB of names, read in pieces: those around the ends of the pieces. */
static void test_names_in_pieces(void **state)
{
	static const uint32_t at[] = {
		1,	  (16 << 20) - 6, (16 << 20) - 5, (16 << 20) - 1,
		16 << 20, (32 << 20) - 3, (100 << 20) - 5};
	const size_t size = made_size(1, 1) + (100 << 20);
	struct made *f = make(1, 1);
	char *whole = calloc(1, size);
	uint64_t offset;
	size_t i;

	f->sections[0].sh_offset = made_size(1, 1);
	f->sections[0].sh_size = 100 << 20;
	for (i = 0; i < sizeof(at) / sizeof(*at); i++) {
		char *names = whole + made_size(1, 1);

		made_symbols(f)->st_name = at[i];
		memcpy(whole, f, made_size(1, 1));
		memcpy(names + at[i], "here", 5);
		assert_int_equal(find_in(whole, size, "here", &offset), 0);
		names[at[i] + 4] = 'x';
		assert_int_equal(find_in(whole, size, "here", &offset),
				 -ENOENT);
		memset(names + at[i], 0, 5);
	}
	free(whole);
	free(f);
}

/* Whoever hands out the bytes can end it at any of them. */
static void test_interrupted(void **state)
{
	struct made *f = make(5000, 1);
	struct memory m = {.p = (char *)f, .size = made_size(5000, 1)};
	uint64_t offset, nr, all;

	assert_int_equal(find(&m, "here", &offset), 0);
	all = m.nr_reads;
	assert_true(all > 5);
	for (nr = 1; nr < all; nr++) {
		m.nr_reads = 0;
		m.nr_max = nr;
		assert_int_equal(find(&m, "here", &offset), -EINTR);
		assert_int_equal(m.nr_reads, nr);
	}
	free(f);
}

static int made_file(size_t nr, struct made **f)
{
	char path[] = "/tmp/elf_symbol_test.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);

	*f = make(nr, 1);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, *f, made_size(nr, 1)), made_size(nr, 1));
	unlink(path);
	return fd;
}

static void test_cut_short_meanwhile(void **state)
{
	struct elf_input in;
	struct made *f;
	uint64_t offset;
	int fd = made_file(5000, &f);

	assert_int_equal(elf_symbol_offset(fd, "here", &offset), 0);
	assert_int_equal(offset, 4999);
	assert_int_equal(elf_input_file(&in, &fd), 0);
	assert_int_equal(ftruncate(fd, sizeof(*f)), 0);
	assert_int_equal(elf_symbol_find(&in, "here", &offset), -EBADMSG);
	close(fd);
	free(f);
}

struct unsteady {
	int fd;
	const struct made *f;
	size_t size;
	atomic_bool is_over;
};

static void *unsteady(void *arg)
{
	struct unsteady *u = arg;

	while (!u->is_over)
		if (ftruncate(u->fd, 0) ||
		    pwrite(u->fd, u->f, u->size, 0) != (ssize_t)u->size)
			return (void *)1;
	return NULL;
}

/* A map of it would fault. */
static void test_cut_again_and_again(void **state)
{
	struct unsteady u = {.size = made_size(20000, 1)};
	struct made *f;
	pthread_t thread;
	uint64_t offset;
	void *failed;
	int i;

	u.fd = made_file(20000, &f);
	u.f = f;
	assert_int_equal(pthread_create(&thread, NULL, unsteady, &u), 0);
	for (i = 0; i < 500; i++) {
		int ret = elf_symbol_offset(u.fd, "here", &offset);

		assert_true(is_refusal(ret) || (!ret && offset == 19999));
	}
	u.is_over = true;
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
	close(u.fd);
	free(f);
}

static void test_files(void **state)
{
	char path[PATH_MAX], name[PATH_MAX + 2];

	assert_int_equal(elf_find("sh", path), 0);
	assert_non_null(strstr(path, "/sh"));
	assert_int_equal(elf_find("c", path), 0);
	assert_non_null(strstr(path, "/libc.so."));
	assert_int_equal(elf_find("/etc/passwd", path), 0);
	assert_string_equal(path, "/etc/passwd");
	assert_int_equal(elf_find("nosuchprogram", path), -ENOENT);
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = 0;
	assert_int_equal(elf_find(name, path), -ENOENT);
	name[0] = '/';
	assert_int_equal(elf_find(name, path), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_function),
		cmocka_unit_test(test_no_such),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_wrong_headers),
		cmocka_unit_test(test_last_of_many),
		cmocka_unit_test(test_tables_over_the_same_bytes),
		cmocka_unit_test(test_two_tables),
		cmocka_unit_test(test_damages),
		cmocka_unit_test(test_more_symbols_than_are_looked_at),
		cmocka_unit_test(test_names_in_pieces),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_cut_short_meanwhile),
		cmocka_unit_test(test_cut_again_and_again),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests_name("elf_symbol", tests, NULL, NULL);
}
