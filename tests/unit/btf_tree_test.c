// SPDX-License-Identifier: GPL-2.0
/* BTF to C: what is taken, what is left, and that no bytes do harm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile/btf_cut.h"
#include "compile/btf_tree.h"
#include "unit/tree_check.h"

/* A kernel in small; ids are counted from 1. */
static struct btf *little_kernel(void)
{
	struct btf *b = btf__new_empty();
	int u8, u32, be16, sock, sock_ptr, net, ns, array, state, fn, ns_ptr;

	u8 = btf__add_int(b, "unsigned char", 1, 0);
	u32 = btf__add_int(b, "unsigned int", 4, 0);
	be16 = btf__add_typedef(b, "__be16", u8);

	/* Points to itself and to a struct that only gets declared. */
	sock = btf__type_cnt(b);
	sock_ptr = sock + 1;
	net = sock + 2;
	btf__add_struct(b, "sock", 24);
	btf__add_field(b, "next", sock_ptr, 0, 0);
	btf__add_field(b, "net", net + 1, 64, 0);
	btf__add_field(b, "port", be16, 128, 0);
	btf__add_field(b, "low", u32, 160, 3);
	btf__add_field(b, "high", u32, 163, 5);
	btf__add_ptr(b, sock);
	btf__add_struct(b, "net", 4);
	btf__add_field(b, "ns", net + 2, 0, 0);
	btf__add_ptr(b, net);
	ns = btf__add_struct(b, "ns", 4);
	btf__add_field(b, "inum", u32, 0, 0);

	/* A second one of the same name. */
	btf__add_struct(b, "sock", 4);
	btf__add_field(b, "other", u32, 0, 0);

	btf__add_enum(b, NULL, 4);
	btf__add_enum_value(b, "TCP_ESTABLISHED", 1);
	btf__add_enum_value(b, "TCP_CLOSE", 7);
	btf__add_enum(b, "colour", 4);
	btf__add_enum_value(b, "red", 0);
	btf__add_enum_value(b, "Blue", -1);
	state = btf__add_enum(b, NULL, 4);
	btf__add_enum_value(b, "SS_FREE", 0);
	btf__add_typedef(b, "socket_state", state);
	btf__add_enum64(b, "big", 8, false);
	btf__add_enum64_value(b, "BIG", 1ull << 32);

	array = btf__add_array(b, u32, ns, 3);
	btf__add_union(b, "all", 12);
	btf__add_field(b, "three", array, 0, 0);
	btf__add_field(b, "one", ns, 0, 0);

	fn = btf__add_func_proto(b, u32);
	btf__add_func_param(b, "sk", sock_ptr);
	btf__add_typedef(b, "handler_t", btf__add_ptr(b, fn));

	ns_ptr = btf__add_ptr(b, ns);
	btf__add_struct(b, "holder", 8);
	btf__add_field(b, "ptr", ns_ptr, 0, 0);
	btf__add_func(b, "tcp_v4_rcv", BTF_FUNC_GLOBAL, fn);
	return b;
}

static void check(const char *words, const char *expected, size_t nr)
{
	tree_check(little_kernel(), BTF_NAMED, words, expected, nr);
}

#define BE16 "typedef unsigned char __be16;\n\n"
#define NS                       \
	"struct ns {\n"          \
	"\tunsigned int inum;\n" \
	"};\n\n"
#define SOCK                        \
	"struct sock {\n"           \
	"\tstruct sock *next;\n"    \
	"\tstruct net *net;\n"      \
	"\t__be16 port;\n"          \
	"\tunsigned int low: 3;\n"  \
	"\tunsigned int high: 5;\n" \
	"};\n\n"

static void test_nothing(void **state)
{
	check("", "", 0);
	check("sock net TCP tcp_v4_rcv unsigned struct nothing", "", 0);
	check("union sock x; struct all y; enum ns z;", "", 0);
}

static void test_struct(void **state)
{
	check("struct ns x", NS, 1);
	check("struct sock *sk; __be16 port;", BE16 "struct net;\n\n" SOCK, 2);
	check("struct sock { int mine; };", "", 0);
}

static void test_pointee(void **state)
{
	check("struct sock *sk; sk->net", "struct net;\n\n" BE16 SOCK, 2);
	check("struct sock *sk; sk->net->ns.inum",
	      BE16 "struct net;\n\n" SOCK NS "struct net {\n"
		   "\tstruct ns ns;\n"
		   "};\n\n",
	      4);
}

static void test_enum(void **state)
{
	check("x == TCP_CLOSE",
	      "enum {\n\tTCP_ESTABLISHED = 1,\n\tTCP_CLOSE = 7,\n};\n\n", 1);
	check("enum colour c",
	      "enum colour {\n\tred = 0,\n\tBlue = -1,\n};\n\n", 1);
	check("Blue", "enum colour {\n\tred = 0,\n\tBlue = -1,\n};\n\n", 1);
	check("red", "", 0);
	check("BIG", "enum big {\n\tBIG = 4294967296ULL,\n};\n\n", 1);
	check("enum { TCP_CLOSE = 3 };", "", 0);
}

/* Its enumerators must come once, with the typedef or without it. */
static void test_unnamed_enum(void **state)
{
	check("SS_FREE", "enum {\n\tSS_FREE = 0,\n};\n\n", 1);
	check("socket_state s",
	      "typedef enum {\n\tSS_FREE = 0,\n} socket_state;\n\n", 2);
	check("socket_state s = SS_FREE;",
	      "typedef enum {\n\tSS_FREE = 0,\n} socket_state;\n\n", 2);
}

static void test_others(void **state)
{
	check("union all x",
	      NS "union all {\n"
		 "\tstruct ns three[3];\n"
		 "\tstruct ns one;\n"
		 "};\n\n",
	      2);
	/* Declared for the one, defined for the other. */
	check("struct holder h; union all x;",
	      NS "union all {\n"
		 "\tstruct ns three[3];\n"
		 "\tstruct ns one;\n"
		 "};\n\n"
		 "struct holder {\n"
		 "\tstruct ns *ptr;\n"
		 "};\n\n",
	      3);
	check("handler_t h",
	      "struct sock;\n\n"
	      "typedef unsigned int (*handler_t)(struct sock *sk);\n\n",
	      1);
}

/* Whatever the bytes, the answer is an error or a text, in bounds. */
static int cut_copy(const void *raw, size_t size, size_t len, size_t at,
		    unsigned char flip)
{
	static const char words[] = "struct sock a; sk->net->ns; handler_t h; "
				    "BIG SS_FREE enum colour union all";
	unsigned char *copy = malloc(len + 1);
	struct ident_set set = {0};
	struct btf_cut cut;
	int err;

	assert_true(len <= size);
	memcpy(copy, raw, len);
	if (at < len)
		copy[at] ^= flip;
	assert_int_equal(ident_scan(&set, words), 0);
	err = btf_cut(copy, len, &set, BTF_NAMED, &cut);
	btf_cut_free(&cut);
	ident_set_free(&set);
	free(copy);
	return err;
}

static void test_truncated(void **state)
{
	struct btf *b = little_kernel();
	__u32 size;
	const void *raw = btf__raw_data(b, &size);

	for (size_t len = 0; len < size; len++)
		assert_int_equal(cut_copy(raw, size, len, len, 0), -EBADMSG);
	assert_int_equal(cut_copy(raw, size, size, size, 0), 0);
	btf__free(b);
}

static void test_flipped(void **state)
{
	static const unsigned char flips[] = {1, 0x80, 0xff, 0x10};
	struct btf *b = little_kernel();
	__u32 size;
	const void *raw = btf__raw_data(b, &size);

	for (size_t at = 0; at < size; at++)
		for (size_t i = 0; i < sizeof(flips); i++) {
			int err = cut_copy(raw, size, size, at, flips[i]);

			assert_true(!err || err == -EBADMSG ||
				    err == -EPROTONOSUPPORT);
		}
	/* The other byte order. */
	assert_int_equal(cut_copy(raw, size, size, 0, 0x9f ^ 0xeb), -EBADMSG);
	btf__free(b);
}

static void test_unknown_kind(void **state)
{
	struct btf *b = little_kernel();
	__u32 size;
	const void *raw = btf__raw_data(b, &size);
	const size_t kind =
		sizeof(struct btf_header) + offsetof(struct btf_type, info) + 3;

	assert_int_equal(cut_copy(raw, size, size, kind, BTF_KIND_INT ^ 31),
			 -EPROTONOSUPPORT);
	btf__free(b);
}

/* typedef a b; typedef b a; struct { a *a; } must end. */
static void test_circle(void **state)
{
	struct btf *b = btf__new_empty();
	struct ident_set set = {0};
	struct btf_cut cut;
	const void *raw;
	__u32 size;

	btf__add_typedef(b, "a", 2);
	btf__add_typedef(b, "b", 1);
	btf__add_struct(b, "s", 8);
	btf__add_field(b, "a", 1, 0, 0);
	raw = btf__raw_data(b, &size);
	assert_int_equal(ident_scan(&set, "struct s *s; s->a->b"), 0);
	assert_int_equal(btf_cut(raw, size, &set, BTF_NAMED, &cut), 0);
	assert_int_equal(cut.nr_types, 3);
	assert_int_equal(cut.nr_roots, 1);
	assert_int_equal(cut.roots[0], 3);
	btf_cut_free(&cut);
	ident_set_free(&set);
	btf__free(b);
}

static void test_file(void **state)
{
	char path[] = "/tmp/btf_tree_test.XXXXXX";
	struct btf_file f;
	int fd = mkstemp(path);

	assert_int_equal(btf_file_open(&f, path), -EBADMSG);
	assert_int_equal(write(fd, "12345", 5), 5);
	assert_int_equal(btf_file_open(&f, path), 0);
	assert_int_equal(f.size, 5);
	/* A map of it would fault here. */
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_memory_equal(f.raw, "12345", 5);
	btf_file_close(&f);
	assert_int_equal(ftruncate(fd, 10ll << 30), 0);
	assert_int_equal(btf_file_open(&f, path), -EFBIG);
	close(fd);
	unlink(path);
	assert_int_equal(btf_file_open(&f, path), -ENOENT);
	assert_int_equal(btf_file_open(&f, "/"), -EISDIR);
}

/* A file like older kernels' BTF: in sysfs, and not to be mapped. */
static void test_file_not_mapped(void **state)
{
	struct btf_file f;
	char notes[4096];
	FILE *in = fopen("/sys/kernel/notes", "r");
	size_t n;

	if (!in)
		skip();
	n = fread(notes, 1, sizeof(notes), in);
	fclose(in);
	assert_int_equal(btf_file_open(&f, "/sys/kernel/notes"), 0);
	assert_false(f.is_mapped);
	assert_int_equal(f.size, n);
	assert_memory_equal(f.raw, notes, n);
	btf_file_close(&f);
}

static int be_quiet(void **state)
{
	libbpf_set_print(NULL);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_struct),
		cmocka_unit_test(test_pointee),
		cmocka_unit_test(test_enum),
		cmocka_unit_test(test_unnamed_enum),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_unknown_kind),
		cmocka_unit_test(test_circle),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_file_not_mapped),
	};

	return cmocka_run_group_tests(tests, be_quiet, NULL);
}
