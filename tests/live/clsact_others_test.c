// SPDX-License-Identifier: GPL-2.0
/* TC's clsact beside the filters, qdiscs and marks of others, which all stay. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "live/clsact_check.h"

#define FOREIGN "bpf bytecode '1,6 0 0 0,'"

static void test_filter_of_others(void **state)
{
	struct hook h;

	sh("tc qdisc add dev lo clsact");
	sh("tc filter add dev lo ingress pref 29792 handle 1 " FOREIGN);
	sh("tc filter add dev lo ingress pref 29793 handle 7 " FOREIGN);
	sh("tc filter add dev lo ingress pref 29794 protocol ip u32 match u32 "
	   "1 0xffffffff flowid 1:1");
	look(&before);
	h = attached(IN, "lo");
	assert_int_equal(h.slot, 3);
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_as_before();
}

/* Who gives none gets the priority that he would get without us. */
static void test_filter_without_priority(void **state)
{
	struct hook h = attached(IN, "lo");

	sh("tc filter add dev lo ingress " FOREIGN);
	assert_shows("pref 49152 bpf chain 0 handle 0x1", true);
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_shows("pref 29792", false);
	assert_shows("pref 49152 bpf chain 0 handle 0x1", true);
	assert_shows("clsact.", true);
	sh("tc filter del dev lo ingress");
	h = attached(OUT, "lo");
	clsact_detach(&h);
	assert_as_before();
}

static void test_qdisc_of_others(void **state)
{
	struct hook h;

	sh("tc qdisc add dev lo clsact");
	look(&before);
	h = attached(OUT, "lo");
	assert_int_equal(count_one(), 1000);
	assert_shows("clsact.", false);
	clsact_detach(&h);
	assert_as_before();
}

/* A mark of a namespace that had our inode number does not make it ours. */
static void test_mark_of_another_namespace(void **state)
{
	const uint64_t id = UINT64_MAX;
	char path[128];
	struct hook h;
	FILE *f;

	sh("tc qdisc add dev lo clsact");
	snprintf(path, sizeof(path), CLSACT_MARKS "/clsact.%lu.1",
		 (unsigned long)namespace());
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(&id, sizeof(id), 1, f), 1);
	fclose(f);
	h = attached(IN, "lo");
	clsact_detach(&h);
	assert_shows("qdisc clsact", true);
	sh("tc qdisc del dev lo clsact");
	h = attached(IN, "lo");
	clsact_detach(&h);
	assert_as_before();
}

static void test_qdisc_ingress(void **state)
{
	struct hook in, out = hook_of(OUT, "lo");

	sh("tc qdisc add dev lo ingress");
	look(&before);
	in = attached(IN, "lo");
	assert_int_equal(count_one(), 1);
	assert_int_equal(attach(&out), -EBUSY);
	assert_string_equal(err, "cannot attach TC to outgoing packets of lo: "
				 "a qdisc 'ingress' is in the place of clsact, "
				 "which stays");
	assert_int_equal(count_one(), 1);
	clsact_detach(&in);
	assert_as_before();
}

static void test_shared_block(void **state)
{
	struct hook h = hook_of(IN, "lo");

	sh("tc qdisc add dev lo ingress_block 7 clsact");
	look(&before);
	assert_int_equal(attach(&h), -EOPNOTSUPP);
	assert_string_equal(err, "cannot attach TC to lo: its filters are in "
				 "a block shared with others");
	assert_as_before();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_filter_of_others),
		TEST(test_filter_without_priority),
		TEST(test_qdisc_of_others),
		TEST(test_mark_of_another_namespace),
		TEST(test_qdisc_ingress),
		TEST(test_shared_block),
	};

	if (is_without_tc())
		return 0;
	return cmocka_run_group_tests_name("clsact others", tests, setup, NULL);
}
