// SPDX-License-Identifier: GPL-2.0
/* What libbcc asks bpf() for is kept as it was asked for, and nothing else. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "compile/fake_bpf.h"
#include "compile/image.h"

static void *pointer(uint64_t p)
{
	return (void *)(uintptr_t)p;
}

static void test_map(void **state)
{
	const union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_DEVMAP,
		.key_size = 4,
		.value_size = 8,
		.max_entries = 1u << 31,
		.map_flags = 3,
	};
	int fd = fake_bpf(BPF_MAP_CREATE, &attr, sizeof(attr));
	int other = fake_bpf(BPF_MAP_CREATE, &attr, 8);
	const union bpf_attr *made = fake_bpf_attr(fd, BPF_MAP_CREATE);

	assert_true(fd > STDERR_FILENO && other > STDERR_FILENO);
	assert_int_not_equal(fd, other);
	assert_memory_equal(made, &attr, sizeof(attr));
	assert_null(fake_bpf_attr(fd, BPF_BTF_LOAD));
	/* As from an older libbpf: what it does not give is 0. */
	made = fake_bpf_attr(other, BPF_MAP_CREATE);
	assert_int_equal(made->key_size, 4);
	assert_int_equal(made->value_size, 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(close(other), 0);
}

static void test_program(void **state)
{
	char types[] = "types", func[] = "ffff", line[] = "llllllll";
	union bpf_attr attr = {.btf = (uintptr_t)types, .btf_size = 5};
	int btf = fake_bpf(BPF_BTF_LOAD, &attr, sizeof(attr)), prog;
	const union bpf_attr *made;

	memset(&attr, 0, sizeof(attr));
	attr.prog_btf_fd = btf;
	attr.func_info = (uintptr_t)func;
	attr.func_info_cnt = 1;
	attr.func_info_rec_size = 4;
	attr.line_info = (uintptr_t)line;
	attr.line_info_cnt = 2;
	attr.line_info_rec_size = 4;
	prog = fake_bpf(BPF_PROG_LOAD, &attr, sizeof(attr));
	memset(types, 0, sizeof(types));
	memset(func, 0, sizeof(func));
	memset(line, 0, sizeof(line));
	made = fake_bpf_attr(prog, BPF_PROG_LOAD);
	assert_non_null(made);
	assert_memory_equal(pointer(made->func_info), "ffff", 4);
	assert_memory_equal(pointer(made->line_info), "llllllll", 8);
	made = fake_bpf_attr(made->prog_btf_fd, BPF_BTF_LOAD);
	assert_non_null(made);
	assert_memory_equal(pointer(made->btf), "types", 5);
	close(prog);
	/* Without lines, as libbpf asks what the kernel can do. */
	memset(&attr, 0, sizeof(attr));
	attr.line_info = (uintptr_t)line;
	assert_int_equal(fake_bpf(BPF_PROG_LOAD, &attr, sizeof(attr)), prog);
	assert_null(pointer(fake_bpf_attr(prog, BPF_PROG_LOAD)->line_info));
	close(prog);
	close(btf);
}

static void test_refused(void **state)
{
	union bpf_attr attr = {};
	int fds[256], nr = 0;

	assert_int_equal(fake_bpf(BPF_OBJ_GET, &attr, sizeof(attr)), -EPERM);
	assert_int_equal(fake_bpf(BPF_PROG_ATTACH, &attr, sizeof(attr)),
			 -EPERM);
	assert_int_equal(fake_bpf(-1, &attr, sizeof(attr)), -EPERM);
	attr.btf = (uintptr_t)&attr;
	attr.btf_size = IMAGE_MAX + 1;
	assert_int_equal(fake_bpf(BPF_BTF_LOAD, &attr, sizeof(attr)), -E2BIG);
	memset(&attr, 0, sizeof(attr));
	attr.line_info = (uintptr_t)&attr;
	attr.line_info_cnt = attr.line_info_rec_size = 1u << 31;
	attr.func_info = (uintptr_t)&attr;
	attr.func_info_cnt = attr.func_info_rec_size = 1;
	assert_int_equal(fake_bpf(BPF_PROG_LOAD, &attr, sizeof(attr)), -E2BIG);
	assert_null(fake_bpf_attr(-1, BPF_MAP_CREATE));
	assert_null(fake_bpf_attr(0, BPF_MAP_CREATE));
	assert_null(fake_bpf_attr(100000, BPF_MAP_CREATE));
	memset(&attr, 0, sizeof(attr));
	do {
		fds[nr] = fake_bpf(BPF_MAP_CREATE, &attr, sizeof(attr));
	} while (fds[nr] >= 0 && ++nr < 256);
	assert_in_range(nr, 200, 253);
	assert_int_equal(fds[nr], -EMFILE);
	while (nr--)
		close(fds[nr]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
