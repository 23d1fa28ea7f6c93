// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/elf_symbol.h"

#define SELF "/proc/self/exe"

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

/* Of what lies at the offset and of what runs, the first bytes are the same. */
static void test_own_function(void **state)
{
	uint64_t offset = 0;
	size_t size;
	char *p = self_read(&size);

	assert_int_equal(
		elf_symbol_offset(SELF, "elf_symbol_test_marker", &offset), 0);
	assert_true(offset + 16 <= size);
	assert_memory_equal(p + offset, (void *)elf_symbol_test_marker, 16);
	free(p);
}

static void test_no_such(void **state)
{
	uint64_t offset;

	assert_int_equal(elf_symbol_offset(SELF, "no_such", &offset), -ENOENT);
	assert_int_equal(
		elf_symbol_offset(SELF, "elf_symbol_test_marke", &offset),
		-ENOENT);
	assert_int_equal(elf_symbol_offset(SELF, "", &offset), -ENOENT);
	assert_int_equal(elf_symbol_offset("/nosuch", "x", &offset), -ENOENT);
	assert_int_equal(elf_symbol_offset("/etc/passwd", "x", &offset),
			 -ENOEXEC);
	assert_int_equal(elf_symbol_offset("/dev/zero", "x", &offset),
			 -ENOEXEC);
	assert_int_equal(elf_symbol_offset("/", "x", &offset), -ENOEXEC);
}

/* Without the last headers of sections it is found still, or not at all. */
static void test_cuts(void **state)
{
	size_t size, len, step;
	char *p = self_read(&size);
	uint64_t offset, right;

	assert_int_equal(
		elf_symbol_offset(SELF, "elf_symbol_test_marker", &right), 0);
	step = size / 500;
	for (len = 0; len < size; len += len < 200 ? 1 : step) {
		char *copy = malloc(len ?: 1);
		int ret;

		memcpy(copy, p, len);
		ret = elf_symbol_find(copy, len, "elf_symbol_test_marker",
				      &offset);
		assert_true(ret == -ENOEXEC || ret == -ENOENT ||
			    (!ret && offset == right));
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

	for (i = 0; i < sizeof(ElfW(Ehdr)); i++) {
		was = p[i];
		p[i] = (char)0xff;
		elf_symbol_find(p, size, "elf_symbol_test_marker", &offset);
		p[i] = was;
	}
	assert_int_equal(
		elf_symbol_find(p, size, "elf_symbol_test_marker", &offset), 0);
	free(p);
}

static void test_files(void **state)
{
	char path[PATH_MAX];

	assert_int_equal(elf_find("sh", path), 0);
	assert_non_null(strstr(path, "/sh"));
	assert_int_equal(elf_find("c", path), 0);
	assert_non_null(strstr(path, "/libc.so."));
	assert_int_equal(elf_find("/etc/passwd", path), 0);
	assert_int_equal(elf_find("nosuchprogram", path), -ENOENT);
	assert_int_equal(elf_find("/", path), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_function),
		cmocka_unit_test(test_no_such),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_wrong_headers),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests_name("elf_symbol", tests, NULL, NULL);
}
