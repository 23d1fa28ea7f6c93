// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <bpf/libbpf.h>
#include <ctype.h>
#include <linux/pkt_cls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/embed.h"
#include "front/run_state.h"
#include "kernel/hook.h"

/* Members that say what a text can, and the text, are of one mind. */
static void test_abilities_are_those_of_the_texts(void **state)
{
	const struct hook_ops *const *h;
	char path[64];
	const char *text;

	for (h = hooks; *h; h++) {
		snprintf(path, sizeof(path), "bpf_src/tcpsnoop_%s.c",
			 (*h)->name);
		text = embedded_text(path);
		assert_non_null(text);
		assert_int_equal((*h)->can_batch_bytes,
				 strstr(text, "#define CAPTURE_LOAD(") != NULL);
		assert_int_equal((*h)->reads_skb,
				 strstr(text, "NETNS") != NULL);
		assert_int_equal((*h)->prog_flags != NULL,
				 strstr(text, "WANT_FRAGS") != NULL);
	}
}

static void test_xdp_asks_the_kernel_for_its_flags(void **state)
{
	bool has_helper =
		libbpf_probe_bpf_helper(BPF_PROG_TYPE_XDP,
					BPF_FUNC_xdp_load_bytes, NULL) == 1;

	assert_int_equal(hook_xdp.prog_flags(),
			 has_helper ? BPF_F_XDP_HAS_FRAGS : 0);
}

/* What --check attaches decides nothing for anybody. */
static void test_the_check_lets_packets_pass(void **state)
{
	assert_int_equal(hook_tc.verdict, TC_ACT_UNSPEC);
	assert_int_equal(hook_xdp.verdict, XDP_PASS);
}

/* The name of event.h for a hook, HOOK_TC for "tc". */
static void assert_is_named(const struct hook_ops *ops, const char *name)
{
	size_t i;

	for (i = 0; ops->name[i]; i++)
		assert_int_equal(toupper((unsigned char)ops->name[i]), name[i]);
	assert_int_equal(name[i], '\0');
}

static void test_each_number_is_of_one_hook(void **state)
{
	static const char define[] = "#define HOOK_";
	const char *text = embedded_text("include/event.h");
	unsigned number, nr = 0;
	char name[32];

	assert_non_null(text);
	while ((text = strstr(text, define))) {
		text += sizeof(define) - 1;
		assert_int_equal(sscanf(text, "%31s %u", name, &number), 2);
		assert_int_equal(number, nr++);
		assert_non_null(hook_by_number(number));
		assert_ptr_equal(hook_by_number(number), hooks[number]);
		assert_int_equal(hooks[number]->number, number);
		assert_is_named(hooks[number], name);
	}
	assert_true(nr > 0);
	assert_null(hooks[nr]);
	assert_null(hook_by_number(nr));
	assert_null(hook_by_number(255));
	assert_null(hook_by_number(-1));
}

static void test_each_hook_is_whole(void **state)
{
	const struct hook_ops *const *h;

	for (h = hooks; *h; h++) {
		assert_int_not_equal((*h)->type, BPF_PROG_TYPE_UNSPEC);
		assert_true(*(*h)->progs[DIR_IN].function);
		/* What sees both ways has one or two programs. */
		if ((*h)->is_in_only)
			assert_null((*h)->progs[DIR_OUT].function);
		assert_false((*h)->wants_interface && (*h)->is_global);
		/* "TC hook", a row of --check and its second column. */
		assert_in_range(strlen((*h)->title), 1, 14);
		assert_non_null((*h)->attach);
		assert_non_null((*h)->detach);
	}
}

static void assert_holds(const char *text, const char *format, const char *word)
{
	char what[128];

	snprintf(what, sizeof(what), format, word);
	if (!strstr(text, what))
		fail_msg("no '%s' in\n%.1000s", what, text);
}

/* The text of tcpsnoop-c for it says its number and has its functions. */
static void test_each_hook_has_its_text(void **state)
{
	const struct hook_ops *const *h;
	char path[64], name[32];
	const char *text;
	size_t i;

	for (h = hooks; *h; h++) {
		snprintf(path, sizeof(path), "bpf_src/tcpsnoop_%s.c",
			 (*h)->name);
		text = embedded_text(path);
		assert_non_null(text);
		for (i = 0; i <= strlen((*h)->name); i++)
			name[i] = toupper((unsigned char)(*h)->name[i]);
		assert_holds(text, "\n#define HOOK HOOK_%s\n", name);
		for (i = 0; i < 2 && (*h)->progs[i].function; i++) {
			const char *function = (*h)->progs[i].function;

			assert_holds(text,
				     *function == '_' ? "\nint tcpsnoop%s("
						      : "TRACEPOINT_PROBE(",
				     function);
		}
	}
}

/* What an event says of its hook and interface. */
static void test_events_of_no_hook_have_no_origin(void **state)
{
	struct run run = {.ifaces = iface_table_new(-1)};
	const struct hook_ops *const *h;
	struct record rec;

	for (h = hooks; *h; h++) {
		rec = (struct record){.hook_number = (*h)->number,
				      .wirelen = 60};
		assert_non_null(run_origin(&run, &rec, 1));
		assert_string_equal(rec.hook, (*h)->name);
		assert_string_equal(rec.ifname, "lo");
		assert_int_equal(rec.wirelen, 74);
	}
	rec = (struct record){.hook_number = h - hooks};
	assert_null(run_origin(&run, &rec, 1));
	iface_table_free(run.ifaces);
}

static const struct {
	const struct hook_ops *ops;
	const char *prefix, *function;
	bool takes, is_out;
} functions[] = {
	{&hook_socket, "tcpsnoop", "tcpsnoop_socket", true, false},
	{&hook_socket, "apisnoop", "apisnoop_socket", true, false},
	{&hook_socket, "apisnoop", "tcpsnoop_socket", false, false},
	{&hook_socket, "tcpsnoop", "tcpsnoop_socket_ip6", true, false},
	{&hook_socket, "tcpsnoop", "tcpsnoop_xdp", false, false},
	{&hook_socket, "tcpsnoop", "tcpsnoop", false, false},
	{&hook_socket, "tcpsnoop", "_socket", false, false},
	{&hook_socket, "tcpsnoop", "", false, false},
	{&hook_tc, "tcpsnoop", "tcpsnoop_tc_in", true, false},
	{&hook_tc, "tcpsnoop", "tcpsnoop_tc_out", true, true},
	{&hook_tc, "apisnoop", "apisnoop_tc_out", true, true},
	{&hook_tc, "apisnoop", "tcpsnoop_tc_out", false, false},
	{&hook_tc, "tcpsnoop", "tcpsnoop_tc_", false, false},
	{&hook_xdp, "tcpsnoop", "tcpsnoop_xdp", true, false},
	{&hook_xdp, "tcpsnoop", "tcpsnoop_xd", false, false},
	/* The macros of BCC name these, whatever the tool. */
	{&hook_tracepoint, "tcpsnoop", "raw_tracepoint__typed__kfree_skb", true,
	 false},
	{&hook_tracepoint, "tcpdrop", "raw_tracepoint__kfree_skb", true, false},
	{&hook_tracepoint, "tcpsnoop", "tcpsnoop_tracepoint", false, false},
	{&hook_tcp, "tcpsnoop", "raw_tracepoint__tcp_probe", true, false},
};

static void test_functions_are_taken_by_prefix_and_direction(void **state)
{
	bool is_out;
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		is_out = false;
		if (hook_takes(functions[i].ops, functions[i].prefix,
			       functions[i].function,
			       &is_out) != functions[i].takes)
			fail_msg("%s, %s()", functions[i].prefix,
				 functions[i].function);
		if (functions[i].takes)
			assert_int_equal(is_out, functions[i].is_out);
	}
}

static void assert_list(const struct hook_ops *ops, const char *prefix,
			const char *want)
{
	char text[128];

	hook_functions_list(ops, prefix, text, sizeof(text));
	assert_string_equal(text, want);
}

static void test_what_lacks_is_named(void **state)
{
	assert_list(&hook_socket, "tcpsnoop", "tcpsnoop_socket()");
	assert_list(&hook_tc, "apisnoop",
		    "apisnoop_tc_in() or apisnoop_tc_out()");
	assert_list(&hook_tracepoint, "tcpsnoop", "raw_tracepoint__()");
}

/* Filters that other versions left are called so. */
static void test_names_in_the_kernel_do_not_change(void **state)
{
	assert_string_equal(hook_tc.progs[DIR_IN].kernel_name,
			    "tcpsnoop_tc_in");
	assert_string_equal(hook_tc.progs[DIR_OUT].kernel_name,
			    "tcpsnoop_tc_out");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_number_is_of_one_hook),
		cmocka_unit_test(test_each_hook_is_whole),
		cmocka_unit_test(test_each_hook_has_its_text),
		cmocka_unit_test(test_abilities_are_those_of_the_texts),
		cmocka_unit_test(test_xdp_asks_the_kernel_for_its_flags),
		cmocka_unit_test(test_the_check_lets_packets_pass),
		cmocka_unit_test(test_events_of_no_hook_have_no_origin),
		cmocka_unit_test(
			test_functions_are_taken_by_prefix_and_direction),
		cmocka_unit_test(test_what_lacks_is_named),
		cmocka_unit_test(test_names_in_the_kernel_do_not_change),
	};

	return cmocka_run_group_tests_name("hook", tests, NULL, NULL);
}
