// SPDX-License-Identifier: GPL-2.0
/* Attaching to TC's clsact, what each refusal says, and that libbpf is quiet. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <bpf/libbpf.h>
#include <sys/capability.h>
#include <cmocka.h>

#include "live/clsact_check.h"

static void test_attach_and_detach(void **state)
{
	struct hook h = attached(IN, "lo");

	assert_int_equal(h.slot, 0);
	assert_shows("qdisc clsact ffff: parent ffff:fff1", true);
	assert_shows("pref 29792 bpf chain 0 handle 0x1 " IN ":[", true);
	assert_shows("direct-action", true);
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_int_equal(h.fd, -1);
	assert_int_equal(count_one(), 0);
	assert_as_before();
}

static void test_both_directions(void **state)
{
	struct hook in = attached(IN, "lo"), out = attached(OUT, "lo");

	assert_int_equal(in.slot, 0);
	assert_int_equal(out.slot, 0);
	assert_int_equal(count_one(), 1001);
	clsact_detach(&in);
	assert_int_equal(count_one(), 1000);
	assert_shows("qdisc clsact", true);
	clsact_detach(&out);
	assert_int_equal(count_one(), 0);
	assert_as_before();
}

static void test_two_instances(void **state)
{
	struct hook a = attached(IN, "lo"), b = attached(IN, "lo");

	assert_int_equal(a.slot, 0);
	assert_int_equal(b.slot, 1);
	assert_int_equal(count_one(), 2);
	clsact_detach(&a);
	assert_int_equal(count_one(), 1);
	assert_shows("pref 29792", false);
	a = attached(IN, "lo");
	assert_int_equal(a.slot, 0);
	clsact_detach(&b);
	assert_int_equal(count_one(), 1);
	clsact_detach(&a);
	assert_as_before();
}

static void test_no_slot_left(void **state)
{
	struct hook all[16], more = hook_of(IN, "lo");
	int i;

	for (i = 0; i < 16; i++) {
		all[i] = attached(IN, "lo");
		assert_int_equal(all[i].slot, i);
	}
	assert_int_equal(attach(&more), -EBUSY);
	assert_string_equal(err, "cannot attach TC to lo: 16 instances are "
				 "there, or others have our 16 priorities");
	assert_int_equal(more.fd, -1);
	for (i = 0; i < 16; i++)
		clsact_detach(&all[i]);
	assert_as_before();
}

/* By one that was stopped there, say. */
static void test_marks_are_held(void **state)
{
	struct hook h = hook_of(IN, "lo");
	int marks = clsact_marks_lock();

	assert_true(marks >= 0);
	assert_int_equal(attach(&h), -ETIMEDOUT);
	assert_string_equal(err, "cannot attach TC to lo: cannot note in "
				 "/run/tcpsnoop-c that its clsact will be "
				 "ours: another instance has been at it for "
				 "2 s");
	close(marks);
	assert_as_before();
}

static void test_interface_gone(void **state)
{
	struct hook h, gone;

	sh("ip link add tcs0 type veth peer name tcs1");
	h = attached(IN, "tcs0");
	gone = hook_of(IN, "tcs0");
	assert_shows("clsact.", true);
	sh("ip link del tcs0");
	clsact_detach(&h);
	assert_as_before();
	assert_int_equal(attach(&gone), -ENODEV);
	assert_string_equal(err, "cannot attach TC to tcs0: No such device");
	assert_as_before();
}

/* 0, or the number of what went wrong. */
static int attach_without_net_admin(void)
{
	const cap_value_t net_admin = CAP_NET_ADMIN;
	struct hook h = hook_of(IN, "lo");
	cap_t caps = cap_get_proc();

	if (cap_set_flag(caps, CAP_EFFECTIVE, 1, &net_admin, CAP_CLEAR) ||
	    cap_set_proc(caps))
		return 1;
	cap_free(caps);
	if (attach(&h) != -EPERM)
		return 2;
	return strcmp(err, "cannot attach TC to lo: Operation not permitted "
			   "(CAP_NET_ADMIN is needed)")
		       ? 3
		       : 0;
}

static void test_no_privilege(void **state)
{
	child_check(attach_without_net_admin, "capability");
	assert_as_before();
}

static void test_others_can_write_marks(void **state)
{
	struct hook h = hook_of(IN, "lo");

	assert_int_equal(chmod(CLSACT_MARKS, 0777), 0);
	assert_int_equal(attach(&h), -EACCES);
	assert_int_equal(chmod(CLSACT_MARKS, 0700), 0);
	assert_string_equal(err, "cannot attach TC to lo: cannot note in "
				 "/run/tcpsnoop-c that its clsact will be "
				 "ours: Permission denied");
	assert_as_before();
}

static int nr_printed;

static int on_print(enum libbpf_print_level level, const char *fmt,
		    va_list args)
{
	nr_printed++;
	return 0;
}

static void test_libbpf_is_quiet(void **state)
{
	libbpf_print_fn_t old = libbpf_set_print(on_print);
	struct hook h = hook_of(IN, "lo");

	/* What it has to say here is tested above. */
	sh("tc qdisc add dev lo ingress_block 7 clsact");
	assert_int_equal(attach(&h), -EOPNOTSUPP);
	assert_int_equal(nr_printed, 0);
	assert_ptr_equal(libbpf_set_print(old), on_print);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_attach_and_detach), TEST(test_both_directions),
		TEST(test_two_instances),     TEST(test_no_slot_left),
		TEST(test_marks_are_held),    TEST(test_interface_gone),
		TEST(test_no_privilege),      TEST(test_others_can_write_marks),
		TEST(test_libbpf_is_quiet),
	};

	if (is_without_tc())
		return 0;
	return cmocka_run_group_tests_name("clsact", tests, setup, NULL);
}
