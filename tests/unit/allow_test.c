// SPDX-License-Identifier: GPL-2.0
/* What a compiled program may call, which maps it may have, what it is called. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/allow.h"
#include "compile/named.h"
#include "compile/operand.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define CHANGES ", which may change the machine; bpfrun-c runs such programs"

static char err[256];

/* A program that calls NR, said by SRC. */
static int call_check(const struct image *like, int nr, uint8_t src)
{
	const struct bpf_insn insns[] = {
		/* A number that looks like a call is none. */
		{.code = BPF_LD | BPF_DW | BPF_IMM},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_send_signal},
		{.code = BPF_JMP | BPF_CALL, .src_reg = src, .imm = nr},
		{.code = BPF_JMP | BPF_EXIT},
	};
	struct image img = *like;

	img.progs[0] = (struct image_prog){
		.name = "p", .insns = insns, .nr_insns = NR(insns)};
	img.nr_progs = 1;
	*err = 0;
	return allow_calls(&img, err, sizeof(err));
}

static void calls_of_helpers(void **state)
{
	static const int fine[] = {
		BPF_FUNC_map_lookup_elem,
		BPF_FUNC_map_update_elem,
		BPF_FUNC_probe_read,
		BPF_FUNC_probe_read_kernel,
		BPF_FUNC_ktime_get_ns,
		BPF_FUNC_perf_event_output,
		BPF_FUNC_skb_output,
		BPF_FUNC_skb_load_bytes,
		BPF_FUNC_xdp_get_buff_len,
		BPF_FUNC_get_current_comm,
		BPF_FUNC_loop,
		BPF_FUNC_strncmp,
	};
	static const struct {
		int nr;
		const char *name;
	} not_fine[] = {
		{BPF_FUNC_send_signal, "bpf_send_signal()"},
		{BPF_FUNC_send_signal_thread, "bpf_send_signal_thread()"},
		{BPF_FUNC_probe_write_user, "bpf_probe_write_user()"},
		{BPF_FUNC_override_return, "bpf_override_return()"},
		{BPF_FUNC_trace_printk, "bpf_trace_printk()"},
		{BPF_FUNC_trace_vprintk, "bpf_trace_vprintk()"},
		{BPF_FUNC_sys_close, "bpf_sys_close()"},
		{BPF_FUNC_sys_bpf, "bpf_sys_bpf()"},
		{BPF_FUNC_setsockopt, "bpf_setsockopt()"},
		{BPF_FUNC_redirect, "bpf_redirect()"},
		{BPF_FUNC_redirect_map, "bpf_redirect_map()"},
		{BPF_FUNC_clone_redirect, "bpf_clone_redirect()"},
		{BPF_FUNC_skb_store_bytes, "bpf_skb_store_bytes()"},
		{BPF_FUNC_xdp_store_bytes, "bpf_xdp_store_bytes()"},
		{BPF_FUNC_l3_csum_replace, "bpf_l3_csum_replace()"},
		{BPF_FUNC_xdp_adjust_head, "bpf_xdp_adjust_head()"},
		{BPF_FUNC_skb_change_tail, "bpf_skb_change_tail()"},
		{BPF_FUNC_tail_call, "bpf_tail_call()"},
		{BPF_FUNC_dynptr_write, "bpf_dynptr_write()"},
		{BPF_FUNC_sk_assign, "bpf_sk_assign()"},
		{0, "helper number 0"},
		{-1, "helper number -1"},
		{4000, "helper number 4000"},
		{INT32_MAX, "helper number 2147483647"},
		{INT32_MIN, "helper number -2147483648"},
	};
	static const struct image none;
	char want[256];
	size_t i;

	for (i = 0; i < NR(fine); i++) {
		assert_int_equal(call_check(&none, fine[i], 0), 0);
		assert_string_equal(err, "");
	}
	for (i = 0; i < NR(not_fine); i++) {
		assert_int_equal(call_check(&none, not_fine[i].nr, 0), -EACCES);
		snprintf(want, sizeof(want), "the program calls %s" CHANGES,
			 not_fine[i].name);
		assert_string_equal(err, want);
	}
	/* A function of the program's own has no number. */
	assert_int_equal(call_check(&none, 1, BPF_PSEUDO_CALL), 0);
}

/* Nothing is on the list by a slip: by their names, all of them only tell. */
static void no_helper_that_sets(void **state)
{
	static const char *const words[] = {
		"set",	 "write", "store",  "redirect", "adjust", "change",
		"push_", "send",  "assign", "replace",	"kill",	  "printk",
		"bind",	 "close", "timer",  "lock",	"kptr",	  "tail_call",
	};
	static const struct image none;
	const char *name;
	size_t i;
	int nr;

	for (nr = 0; nr < 300; nr++) {
		name = operand_helper(nr);
		if (!name || !strcmp(name, "map_push_elem") ||
		    call_check(&none, nr, 0))
			continue;
		for (i = 0; i < NR(words); i++)
			if (strstr(name, words[i]))
				fail_msg("bpf_%s() is allowed", name);
	}
}

static void calls_of_kernel_functions(void **state)
{
	static const struct image img = {
		.kfuncs = {{5, "bpf_rdonly_cast"},
			   {6, "bpf_cast_to_kern_ctx"},
			   {7, "bpf_task_release"},
			   {8, "bpf_iter_num_next"}},
		.nr_kfuncs = 4,
	};

	assert_int_equal(call_check(&img, 5, BPF_PSEUDO_KFUNC_CALL), 0);
	assert_int_equal(call_check(&img, 6, BPF_PSEUDO_KFUNC_CALL), 0);
	assert_int_equal(call_check(&img, 8, BPF_PSEUDO_KFUNC_CALL), 0);
	assert_int_equal(call_check(&img, 7, BPF_PSEUDO_KFUNC_CALL), -EACCES);
	assert_string_equal(err, "the program calls the kernel's own function "
				 "bpf_task_release()" CHANGES);
	/* One that nobody has looked up; as a helper it would be allowed. */
	assert_int_equal(call_check(&img, 1, BPF_PSEUDO_KFUNC_CALL), -EACCES);
	assert_string_equal(err, "the program calls the kernel's own function "
				 "number 1" CHANGES);
}

#define MAP(name_, type_, key, value, entries, flags_)                       \
	{                                                                    \
		.name = name_, .type = type_, .key_size = key,               \
		.value_size = value, .max_entries = entries, .flags = flags_ \
	}
#define HASH(key, value, entries) \
	MAP("m", BPF_MAP_TYPE_HASH, key, value, entries, 0)
#define SMALL(type, flags) MAP("m", type, 4, 8, 1024, flags)
#define F_LINK (1 << 13) /* younger than the headers of Debian 12 */

static const struct {
	const char *wrong, *wrong_too; /* that is, with may_change too */
	struct image_map map;
} maps[] = {
	{NULL, NULL, SMALL(BPF_MAP_TYPE_HASH, 0)},
	{NULL, NULL, SMALL(BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC)},
	{NULL, NULL, SMALL(BPF_MAP_TYPE_CGROUP_ARRAY, 0)},
	{NULL, NULL, SMALL(BPF_MAP_TYPE_RINGBUF, 0)},
	{NULL, NULL, SMALL(BPF_MAP_TYPE_ARRAY_OF_MAPS, 0)},
	{NULL, NULL, HASH(512, 8, 1024)},
	{"the map m has keys of more than 512 bytes",
	 "the map m has keys of more than 512 bytes", HASH(513, 8, 1024)},
	{NULL, NULL, HASH(4, 1 << 20, 1)},
	{"the map m has values of more than 1 MB",
	 "the map m has values of more than 1 MB",
	 HASH(4, (1 << 20) + 1, 1024)},
	{"the map m has flags that BCC's C does not know",
	 "the map m has flags that BCC's C does not know",
	 SMALL(BPF_MAP_TYPE_HASH, F_LINK)},
	{"the map m is a BPF_MAP_TYPE_DEVMAP, through which a program may "
	 "change the machine; bpfrun-c runs such programs",
	 NULL, SMALL(BPF_MAP_TYPE_DEVMAP, 0)},
	{"the map m is a BPF_MAP_TYPE_PROG_ARRAY, through which a program may "
	 "change the machine; bpfrun-c runs such programs",
	 NULL, SMALL(BPF_MAP_TYPE_PROG_ARRAY, 0)},
	{"the map m is of type 26, which is not supported",
	 "the map m is of type 26, which is not supported",
	 SMALL(BPF_MAP_TYPE_STRUCT_OPS, 0)},
	{"the map m is of type 4294967295, which is not supported",
	 "the map m is of type 4294967295, which is not supported",
	 SMALL(UINT32_MAX, 0)},
	/* 1 MiB of room: 64 and 16 bytes an entry. */
	{NULL, NULL, HASH(4, 8, (1 << 20) / 80)},
	{"the maps take more than 1 MB, half of this machine's memory (m: "
	 "13108 entries)",
	 "the maps take more than 1 MB, half of this machine's memory (m: "
	 "13108 entries)",
	 HASH(4, 8, (1 << 20) / 80 + 1)},
	{"the maps take more than 1 MB, half of this machine's memory (m: "
	 "4294967295 entries)",
	 "the maps take more than 1 MB, half of this machine's memory (m: "
	 "4294967295 entries)",
	 HASH(4, 1 << 20, UINT32_MAX)},
};

static void maps_check(size_t i, bool may_change, const char *wrong)
{
	/* A value of 1 MiB needs more than that by itself. */
	const uint64_t room = maps[i].map.value_size == 1 << 20 &&
					      maps[i].map.max_entries == 1
				      ? 2 << 20
				      : 1 << 20;
	const struct allow a = {.may_change = may_change, .maps_bytes = room};
	struct image img = {.maps = {maps[i].map}, .nr_maps = 1};

	*err = 0;
	if (allow_maps(&img, &a, err, sizeof(err)) != (wrong ? -EACCES : 0) ||
	    strcmp(err, wrong ?: ""))
		fail_msg("map %zu: '%s', not '%s'", i, err, wrong ?: "");
}

static void kinds_and_sizes_of_maps(void **state)
{
	size_t i;

	for (i = 0; i < NR(maps); i++) {
		maps_check(i, false, maps[i].wrong);
		maps_check(i, true, maps[i].wrong_too);
	}
}

static void all_maps_together(void **state)
{
	const struct allow a = {.maps_bytes = 1 << 20};
	struct image img = {
		.maps = {HASH(4, 8, 7000),
			 MAP("n", BPF_MAP_TYPE_HASH, 4, 8, 6107, 0),
			 MAP("o", BPF_MAP_TYPE_HASH, 4, 8, 1, 0)},
		.nr_maps = 2,
	};

	assert_int_equal(allow_maps(&img, &a, err, sizeof(err)), 0);
	img.nr_maps = 3;
	assert_int_equal(allow_maps(&img, &a, err, sizeof(err)), -EACCES);
	assert_string_equal(err, "the maps take more than 1 MB, half of this "
				 "machine's memory (o: 1 entries)");
	assert_true(allow_maps_bytes() > 1 << 20);
}

#define TEXT                                                     \
	"/* raw_tracepoint__sys_enter() */\n"                    \
	"// RAW_TRACEPOINT_PROBE(sys_exit)\n"                    \
	"char s[] = \"raw_tracepoint__bad\";\n"                  \
	"RAW_TRACEPOINT_PROBE(kfree_skb) { return 0; }\n"        \
	"TYPED_TRACEPOINT_PROBE(\n\ttcp_probe)\n{ return 0; }\n" \
	"TRACEPOINT_PROBE(sock, inet_sock_set_state) {}\n"       \
	"KFUNC_PROBE(tcp_v4_connect, struct sock *sk) {}\n"      \
	"KRETFUNC_PROBE(do_exit) {}\n"                           \
	"int kprobe__tcp_sendmsg(void *ctx) { return 0; }\n"     \
	"int raw_tracepoint__written(void *ctx);\n"              \
	"int xdp_mine(void *ctx); RAW_TRACEPOINT_PROBE ()"

static void names_are_of_the_text(void **state)
{
	static const char *const there[] = {
		"raw_tracepoint__kfree_skb",
		"raw_tracepoint__tcp_probe",
		"raw_tracepoint__typed__tcp_probe",
		"tracepoint__sock__inet_sock_set_state",
		"kfunc__tcp_v4_connect",
		"kfunc__vmlinux__tcp_v4_connect",
		"kretfunc__vmlinux__do_exit",
		"kprobe__tcp_sendmsg",
		"raw_tracepoint__written",
		"xdp_mine",
	};
	static const char *const elsewhere[] = {
		"raw_tracepoint__sys_enter",
		"raw_tracepoint__sys_exit",
		"raw_tracepoint__bad",
		"raw_tracepoint__typed__kfree_skb",
		"raw_tracepoint__",
		"raw_tracepoint__kfree_skbs",
		"raw_tracepoint__kfree_sk",
		"tracepoint__sock__inet_sock_set_stat",
		"tracepoint__inet_sock_set_state",
		"kretfunc__tcp_v4_connect",
		"kprobe__tcp_v4_connect",
		"kprobe__tcp_sendmsg2",
		"xdp_m",
		"xdp_other",
		"",
	};
	size_t i;

	for (i = 0; i < NR(there); i++)
		if (!named_in(TEXT, there[i]))
			fail_msg("%s is in the text", there[i]);
	for (i = 0; i < NR(elsewhere); i++)
		if (named_in(TEXT, elsewhere[i]))
			fail_msg("%s is not in the text", elsewhere[i]);
}

static void programs_go_where_the_text_says(void **state)
{
	static const struct bpf_insn insns[] = {
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_send_signal},
		{.code = BPF_JMP | BPF_EXIT},
	};
	struct allow a = {.text = TEXT, .maps_bytes = 1};
	struct image img = {
		.progs = {{.name = "events_flush"},
			  {.name = "raw_tracepoint__kfree_skb"},
			  {.name = "raw_tracepoint__typed__sys_enter"}},
		.nr_progs = 3,
	};

	assert_int_equal(allow_image(&img, &a, err, sizeof(err)), 0);
	a.has_targets = true;
	assert_int_equal(allow_image(&img, &a, err, sizeof(err)), -EACCES);
	assert_string_equal(
		err, "the compiled program has a function "
		     "raw_tracepoint__typed__sys_enter() that is not in its "
		     "text: write that name out, or "
		     "RAW_TRACEPOINT_PROBE(sys_enter)");
	img.nr_progs = 2;
	assert_int_equal(allow_image(&img, &a, err, sizeof(err)), 0);
	img.progs[1].insns = insns;
	img.progs[1].nr_insns = NR(insns);
	assert_int_equal(allow_image(&img, &a, err, sizeof(err)), -EACCES);
	assert_string_equal(err, "the program calls bpf_send_signal()" CHANGES);
	a.may_change = true;
	assert_int_equal(allow_image(&img, &a, err, sizeof(err)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_of_helpers),
		cmocka_unit_test(no_helper_that_sets),
		cmocka_unit_test(calls_of_kernel_functions),
		cmocka_unit_test(kinds_and_sizes_of_maps),
		cmocka_unit_test(all_maps_together),
		cmocka_unit_test(names_are_of_the_text),
		cmocka_unit_test(programs_go_where_the_text_says),
	};

	return cmocka_run_group_tests_name("allow", tests, NULL, NULL);
}
