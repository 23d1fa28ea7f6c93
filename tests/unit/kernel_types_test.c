// SPDX-License-Identifier: GPL-2.0
/* What the running kernel has, asked of BTF made here; functions by address. */
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
#include <unistd.h>

#include "compile/btf_ids.h"
#include "compile/resolve.h"
#include "kernel/drop_reason.h"
#include "kernel/kernel_btf.h"
#include "kernel/ksyms.h"
#include "kernel/tracepoint.h"

static struct btf *made;
static struct btf_raw raw;

static void add_tracepoint(const char *name, int nr_args)
{
	int proto = btf__add_func_proto(made, 0);

	while (nr_args--)
		btf__add_func_param(made, "", 1);
	btf__add_typedef(made, name, btf__add_ptr(made, proto));
}

static void add_enums(void)
{
	btf__add_enum(made, "skb_drop_reason", 4);
	btf__add_enum_value(made, "SKB_NOT_DROPPED_YET", 0);
	btf__add_enum_value(made, "SKB_DROP_REASON_NO_SOCKET", 3);
	btf__add_enum_value(made, "SKB_DROP_REASON_SUBSYS_MASK", 0xffff0000);
	btf__add_enum_value(made, "ODD", 9);
}

static int set_up(void **state)
{
	__u32 size;
	const void *bytes;
	int inner;

	made = btf__new_empty();
	btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	inner = btf__add_struct(made, "", 8);
	btf__add_field(made, "deep", 1, 0, 0);
	btf__add_struct(made, "sk_buff", 16);
	btf__add_field(made, "len", 1, 0, 0);
	btf__add_field(made, NULL, inner, 32, 0);
	/* The end of one name is another. */
	btf__add_struct(made, "his_sk_buff", 4);
	add_tracepoint("btf_trace_kfree_skb", 5);
	add_tracepoint("btf_trace_old", 3);
	add_tracepoint("btf_trace_none", 0);
	btf__add_typedef(made, "btf_trace_odd", 1);
	btf__add_func(made, "bpf_cast", BTF_FUNC_STATIC,
		      btf__add_func_proto(made, 1));
	add_enums();
	bytes = btf__raw_data(made, &size);
	return btf_raw_open(&raw, bytes, size);
}

static int tear_down(void **state)
{
	btf_raw_close(&raw);
	btf__free(made);
	return 0;
}

static void finds_types(void **state)
{
	const struct btf_type *t = btf_find(&raw, BTF_KIND_STRUCT, "sk_buff");

	assert_non_null(t);
	assert_int_equal(t->size, 16);
	assert_null(btf_find(&raw, BTF_KIND_ENUM, "sk_buff"));
	assert_null(btf_find(&raw, BTF_KIND_STRUCT, "sk_buf"));
	assert_null(btf_find(&raw, BTF_KIND_STRUCT, "k_buff"));
	assert_null(btf_find(&raw, BTF_KIND_STRUCT, "len"));
	assert_null(btf_find(&raw, BTF_KIND_STRUCT, ""));
	assert_null(btf_find(NULL, BTF_KIND_STRUCT, "sk_buff"));
}

static void finds_members(void **state)
{
	assert_true(btf_has_member(&raw, "sk_buff", "len"));
	assert_true(btf_has_member(&raw, "sk_buff", "deep"));
	assert_false(btf_has_member(&raw, "sk_buff", "dev"));
	assert_false(btf_has_member(&raw, "sock", "len"));
	assert_false(btf_has_member(NULL, "sk_buff", "len"));
}

static void counts_arguments(void **state)
{
	assert_int_equal(tracepoint_nr_args_in(&raw, "kfree_skb"), 4);
	assert_int_equal(tracepoint_nr_args_in(&raw, "old"), 2);
	assert_int_equal(tracepoint_nr_args_in(&raw, "none"), -ENOENT);
	assert_int_equal(tracepoint_nr_args_in(&raw, "odd"), -ENOENT);
	assert_int_equal(tracepoint_nr_args_in(&raw, "nothing"), -ENOENT);
	assert_int_equal(tracepoint_nr_args_in(NULL, "kfree_skb"), -ENOENT);
}

static void sets_types_of_programs(void **state)
{
	struct image img = {
		.progs = {{.name = "raw_tracepoint__typed__kfree_skb"},
			  {.name = "raw_tracepoint__kfree_skb"},
			  {.name = "raw_tracepoint__typed__nothing"},
			  {.name = "typed__old"}},
		.nr_progs = 4,
	};
	uint32_t id =
		btf_find_id(&raw, BTF_KIND_TYPEDEF, "btf_trace_kfree_skb");
	struct resolve_names names;

	assert_true(id);
	assert_int_equal(resolve_in(&img, &raw, &names), 0);
	assert_int_equal(img.progs[0].btf_id, id);
	assert_int_equal(img.progs[1].btf_id, 0);
	assert_int_equal(img.progs[2].btf_id, 0);
	assert_int_equal(img.progs[3].btf_id, 0);
	assert_string_equal(tracepoint_of(img.progs[0].name), "kfree_skb");
	assert_string_equal(tracepoint_of(img.progs[1].name), "kfree_skb");
	assert_string_equal(tracepoint_of(img.progs[3].name), "typed__old");
}

/* By the kernel's BTF: the child's word for a name is not taken. */
static void names_functions_that_are_called(void **state)
{
	uint32_t func = btf_find_id(&raw, BTF_KIND_FUNC, "bpf_cast");
	struct bpf_insn insns[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM},
		{.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL},
		{.code = BPF_JMP | BPF_CALL,
		 .src_reg = BPF_PSEUDO_KFUNC_CALL,
		 .imm = func},
		{.code = BPF_JMP | BPF_CALL, .imm = 1},
		{.code = BPF_JMP | BPF_CALL,
		 .src_reg = BPF_PSEUDO_KFUNC_CALL,
		 .imm = func},
	};
	const struct image made_of = {
		.progs = {{.name = "p", .insns = insns, .nr_insns = 5}},
		.nr_progs = 1,
	};
	struct resolve_names names;
	struct image img = made_of;

	assert_int_equal(resolve_in(&img, &raw, &names), 0);
	assert_int_equal(img.nr_kfuncs, 1);
	assert_int_equal(img.kfuncs[0].id, func);
	assert_string_equal(img.kfuncs[0].name, "bpf_cast");
	img = made_of;
	assert_int_equal(resolve_in(&img, NULL, &names), -ESRCH);
	/* A type that is no function, and none. */
	insns[2].imm = 1;
	img = made_of;
	assert_int_equal(resolve_in(&img, &raw, &names), -ESRCH);
	insns[2].imm = INT32_MAX;
	img = made_of;
	assert_int_equal(resolve_in(&img, &raw, &names), -ESRCH);
}

/* What a program with these WORDS gets to know of numbers. */
static void check_ids(const char *words, bool may_call, const char *expected)
{
	struct ident_set set = {};
	struct strbuf b = {};
	char *text;

	assert_int_equal(ident_scan(&set, words), 0);
	btf_ids_print_in(&b, &raw, &set, may_call);
	text = strbuf_take(&b, NULL);
	assert_string_equal(text, expected);
	free(text);
	ident_set_free(&set);
}

static void numbers_functions_and_structs(void **state)
{
	char func[64], record[64];

	snprintf(func, sizeof(func), "#define KFUNC_bpf_cast ((void *)%#x)\n",
		 0x40000000 + btf_find_id(&raw, BTF_KIND_FUNC, "bpf_cast"));
	snprintf(record, sizeof(record), "#define BTF_ID_sk_buff %u\n",
		 btf_find_id(&raw, BTF_KIND_STRUCT, "sk_buff"));
	check_ids("void *(*f)(void *) = KFUNC_bpf_cast;", true, func);
	check_ids("void *(*f)(void *) = KFUNC_bpf_cast;", false, "");
	check_ids("int id = BTF_ID_sk_buff;", false, record);
	check_ids("int id = BTF_ID_bpf_cast + BTF_ID_ + BTF_ID_none;", true,
		  "");
	check_ids("void *f = KFUNC_sk_buff + KFUNC_bpf_cas + bpf_cast;", true,
		  "");
	check_ids("#define KFUNC_bpf_cast 3\nint id = KFUNC_bpf_cast;", true,
		  "");
}

static void calls_functions_of_the_kernel(void **state)
{
	struct bpf_insn insns[] = {
		{.code = BPF_JMP | BPF_CALL, .imm = 0x40000007},
		{.code = BPF_JMP | BPF_CALL, .imm = 7},
		{.code = BPF_JMP | BPF_CALL,
		 .src_reg = BPF_PSEUDO_CALL,
		 .imm = 0x40000007},
		{.code = BPF_LD | BPF_DW | BPF_IMM, .imm = 0x40000007},
		{.imm = 0x40000007},
		{.code = BPF_JMP | BPF_CALL, .imm = -1},
	};
	struct bpf_insn as_they_were[6];

	memcpy(as_they_were, insns, sizeof(insns));
	btf_ids_call(insns, 6);
	assert_int_equal(insns[0].src_reg, BPF_PSEUDO_KFUNC_CALL);
	assert_int_equal(insns[0].imm, 7);
	assert_memory_equal(insns + 1, as_they_were + 1, 5 * sizeof(*insns));
}

static void asks_the_running_kernel(void **state)
{
	if (!kernel_btf())
		skip();
	assert_true(tracepoint_exists("kfree_skb"));
	assert_false(tracepoint_exists("kfree_skb_and_more"));
	assert_true(tracepoint_nr_args("kfree_skb") >= 2);
	assert_true(btf_has_member(kernel_btf(), "sk_buff", "skb_iif"));
	kernel_btf_drop();
	assert_true(tracepoint_exists("consume_skb"));
	kernel_btf_drop();
	kernel_btf_drop();
}

static void names_reasons(void **state)
{
	struct drop_reasons *r = drop_reasons_new(&raw);

	assert_string_equal(drop_reason_name(r, 0), "NOT_DROPPED_YET");
	assert_string_equal(drop_reason_name(r, 3), "NO_SOCKET");
	assert_string_equal(drop_reason_name(r, 9), "ODD");
	assert_string_equal(drop_reason_name(r, 4), "0x4");
	assert_string_equal(drop_reason_name(r, 0x20003), "0x20003");
	assert_int_equal(drop_reason_find(r, "NO_SOCKET"), 3);
	assert_int_equal(drop_reason_find(r, "SUBSYS_MASK"), 0xffff0000);
	assert_int_equal(drop_reason_find(r, "NO_SOCK"), -ENOENT);
	drop_reasons_free(r);

	r = drop_reasons_new(NULL);
	assert_string_equal(drop_reason_name(r, 3), "0x3");
	assert_int_equal(drop_reason_find(r, "NO_SOCKET"), -ENOENT);
	drop_reasons_free(r);
	drop_reasons_free(NULL);
}

static struct ksyms *symbols(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return ksyms_new(path);
}

static void finds_functions(void **state)
{
	char path[] = "/tmp/ksyms-test-XXXXXX";
	struct ksyms *k = symbols(path, "0000000000000000 A fixed_percpu\n"
					"ffffffff81000000 T first\n"
					"ffffffff81000100 t second\n"
					"ffffffff81000180 d data\n"
					"junk\n"
					"\n"
					"ffffffff82000000 T last\n"
					"ffffffff81800000 t inside\t[mod]\n");
	const struct ksym *sym = ksyms_find(k, 0xffffffff81000000);

	assert_string_equal(sym->name, "first");
	assert_int_equal(sym->start, 0xffffffff81000000);
	sym = ksyms_find(k, 0xffffffff810000ff);
	assert_string_equal(sym->name, "first");
	assert_string_equal(ksyms_find(k, 0xffffffff810001c3)->name, "second");
	assert_string_equal(ksyms_find(k, 0xffffffff81800010)->name, "inside");
	assert_string_equal(ksyms_find(k, 0xffffffff82000010)->name, "last");
	/* In front of all, and too far behind anything. */
	assert_null(ksyms_find(k, 0xffffffff80ffffff));
	assert_null(ksyms_find(k, 0xffffffff90000000));
	/* What was asked once is kept. */
	unlink(path);
	assert_ptr_equal(ksyms_find(k, 0xffffffff810000ff), sym);
	assert_null(ksyms_find(k, 0xffffffff81000001));
	ksyms_free(k);
	ksyms_free(NULL);
}

static void says_nothing_of_hidden_addresses(void **state)
{
	char path[] = "/tmp/ksyms-test-XXXXXX";
	struct ksyms *k = symbols(path, "0000000000000000 T first\n"
					"0000000000000000 t second\n");

	assert_null(ksyms_find(k, 0xffffffff81000000));
	assert_null(ksyms_find(k, 0));
	unlink(path);
	ksyms_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_types),
		cmocka_unit_test(finds_members),
		cmocka_unit_test(counts_arguments),
		cmocka_unit_test(sets_types_of_programs),
		cmocka_unit_test(names_functions_that_are_called),
		cmocka_unit_test(numbers_functions_and_structs),
		cmocka_unit_test(calls_functions_of_the_kernel),
		cmocka_unit_test(asks_the_running_kernel),
		cmocka_unit_test(names_reasons),
		cmocka_unit_test(finds_functions),
		cmocka_unit_test(says_nothing_of_hidden_addresses),
	};

	return cmocka_run_group_tests_name("kernel types", tests, set_up,
					   tear_down);
}
