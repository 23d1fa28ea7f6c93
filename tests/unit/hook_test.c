// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "kernel/hook.h"

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
		cmocka_unit_test(
			test_functions_are_taken_by_prefix_and_direction),
		cmocka_unit_test(test_what_lacks_is_named),
		cmocka_unit_test(test_names_in_the_kernel_do_not_change),
	};

	return cmocka_run_group_tests_name("hook", tests, NULL, NULL);
}
