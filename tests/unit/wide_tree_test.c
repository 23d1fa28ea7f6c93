// SPDX-License-Identifier: GPL-2.0
/* Trees for programs that we have not seen: how far they reach, what they say. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/btf_tree.h"
#include "compile/kconfig.h"
#include "compile/stubs.h"
#include "unit/tree_check.h"

/* A kernel in small; ids are counted from 1. */
static struct btf *little_kernel(void)
{
	struct btf *b = btf__new_empty();
	int u32, task, mm, private, arg, fn;

	u32 = btf__add_int(b, "unsigned int", 4, 0);
	task = btf__type_cnt(b);
	mm = task + 1;
	private = task + 2;
	arg = task + 3;
	fn = task + 4;
	btf__add_struct(b, "task_struct", 24);
	btf__add_field(b, "mm", fn + 1, 0, 0);
	btf__add_field(b, "private", fn + 2, 64, 0);
	btf__add_field(b, "fn", fn + 3, 128, 0);
	btf__add_struct(b, "mm_struct", 8);
	btf__add_field(b, "next", fn + 1, 0, 0);
	btf__add_struct(b, "private", 4);
	btf__add_field(b, "secret", u32, 0, 0);
	btf__add_struct(b, "arg", 4);
	btf__add_field(b, "n", u32, 0, 0);
	btf__add_func_proto(b, u32);
	btf__add_func_param(b, "a", fn + 4);
	btf__add_ptr(b, mm);
	btf__add_ptr(b, private);
	btf__add_ptr(b, fn);
	btf__add_ptr(b, arg);
	btf__add_struct(b, "far", 4);
	btf__add_field(b, "away", u32, 0, 0);
	btf__add_enum(b, NULL, 4);
	btf__add_enum_value(b, "FAR", 1);
	return b;
}

#define TASK                                     \
	"struct task_struct {\n"                 \
	"\tstruct mm_struct *mm;\n"              \
	"\tstruct private *private;\n"           \
	"\tunsigned int (*fn)(struct arg *a);\n" \
	"};\n\n"
#define MM "struct mm_struct {\n\tstruct mm_struct *next;\n};\n\n"
#define PRIVATE "struct private {\n\tunsigned int secret;\n};\n\n"
#define ARG "struct arg {\n\tunsigned int n;\n};\n\n"
#define FAR "struct far {\n\tunsigned int away;\n};\n\n"
#define ENUM "enum {\n\tFAR = 1,\n};\n\n"

static void check(enum btf_reach reach, const char *words, const char *expected,
		  size_t nr)
{
	tree_check(little_kernel(), reach, words, expected, nr);
}

static void test_named(void **state)
{
	check(BTF_NAMED, "struct task_struct",
	      "struct mm_struct;\n\nstruct private;\n\nstruct arg;\n\n" TASK,
	      1);
}

static void test_reached(void **state)
{
	check(BTF_REACHED, "", "", 0);
	check(BTF_REACHED, "struct task_struct",
	      "struct arg;\n\nstruct mm_struct;\n\nstruct private;\n\n" TASK MM
		      PRIVATE,
	      3);
	check(BTF_REACHED, "struct mm_struct x; FAR", MM ENUM, 2);
}

/* What the text defines for itself is not reached, but may be pointed to. */
static void test_hidden(void **state)
{
	check(BTF_REACHED, "struct private {}; struct task_struct",
	      "struct private;\n\nstruct arg;\n\nstruct mm_struct;\n\n" TASK MM,
	      2);
}

static void test_all(void **state)
{
	check(BTF_ALL, "",
	      "struct mm_struct;\n\nstruct private;\n\nstruct arg;\n\n" TASK MM
		      PRIVATE ARG FAR ENUM,
	      6);
}

/* struct sock_common { union { struct { int skc_v6_daddr; }; }; } ... */
static struct btf *configured_kernel(void)
{
	struct btf *b = btf__new_empty();
	int i32 = btf__add_int(b, "int", 4, BTF_INT_SIGNED), in, un, net, name;

	in = btf__add_struct(b, NULL, 4);
	btf__add_field(b, "skc_v6_daddr", i32, 0, 0);
	un = btf__add_union(b, NULL, 4);
	btf__add_field(b, NULL, in, 0, 0);
	btf__add_struct(b, "sock_common", 4);
	btf__add_field(b, NULL, un, 0, 0);
	net = btf__add_struct(b, NULL, 4);
	btf__add_field(b, "net", i32, 0, 0);
	btf__add_typedef(b, "possible_net_t", net);
	btf__add_struct(b, "task_struct", 4);
	btf__add_field(b, "pid", i32, 0, 0);
	name = btf__add_array(b, i32, i32, 36);
	btf__add_struct(b, "dentry", 144);
	btf__add_field(b, "d_iname", name, 0, 0);
	return b;
}

static void check_config(const char *words, const char *expected)
{
	struct btf *b = configured_kernel();
	struct ident_set set = {0};
	struct strbuf out = {};
	char *text;
	__u32 size;
	const void *raw = btf__raw_data(b, &size);

	if (words)
		assert_int_equal(ident_scan(&set, words), 0);
	kconfig_print(&out, raw, size, words ? &set : NULL);
	text = strbuf_take(&out, NULL);
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
	ident_set_free(&set);
	btf__free(b);
}

#define CONFIGURED "#define CONFIG_IPV6 1\n#define CONFIG_NET_NS 1\n"

static void test_config(void **state)
{
	check_config("", CONFIGURED);
	check_config("x[DNAME_INLINE_LEN]",
		     CONFIGURED "#define DNAME_INLINE_LEN 36\n");
	check_config("#define DNAME_INLINE_LEN 32\nx[DNAME_INLINE_LEN]",
		     CONFIGURED);
	check_config(NULL, CONFIGURED "#define DNAME_INLINE_LEN 36\n");
}

static void test_config_bad(void **state)
{
	static const char junk[32] = "no BTF";

	struct strbuf out = {};

	kconfig_print(&out, junk, sizeof(junk), NULL);
	assert_int_equal(out.err, -EBADMSG);
}

struct seen {
	size_t nr, nr_sock;
};

static int see(void *ctx, const char *path)
{
	struct seen *s = ctx;
	size_t len = strlen(path);

	assert_true(len > 4 && !strcmp(path + len - 2, ".h"));
	assert_null(strchr(path, ' '));
	s->nr++;
	s->nr_sock += !strcmp(path, "net/sock.h") ||
		      !strcmp(path, "uapi/linux/ptrace.h") ||
		      !strcmp(path, "linux/sched/signal.h");
	return s->nr == 10 && s->nr_sock == 100 ? -EIO : 0;
}

static void test_stubs(void **state)
{
	struct seen s = {0};

	assert_int_equal(stubs_each(see, &s), 0);
	assert_int_equal(s.nr_sock, 3);
	assert_true(s.nr > 400);
	s = (struct seen){.nr = 9, .nr_sock = 100};
	assert_int_equal(stubs_each(see, &s), -EIO);
	assert_int_equal(s.nr, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_reached),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_config_bad),
		cmocka_unit_test(test_stubs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
