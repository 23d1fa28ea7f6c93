// SPDX-License-Identifier: GPL-2.0
/*
 * Each is_*() against the set that it was made from.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "filter_native.h"

#define MAX128 (~(u128)0)

static u128 draw(void)
{
	u128 v = 0;
	int i;

	for (i = 0; i < 16; i++)
		v = v << 8 | (rand() >> 7 & 0xff);
	return v;
}

static int ask(void *fn, u128 max, u128 v)
{
	if (max == UINT16_MAX)
		return ((int (*)(uint16_t))fn)(v);
	if (max == UINT32_MAX)
		return ((int (*)(uint32_t))fn)(v);
	return ((int (*)(uint64_t, uint64_t))fn)(v >> 64, v);
}

static void compare_at(const struct range_set *set, void *fn, u128 max, u128 v)
{
	v &= max;
	if (!!ask(fn, max, v) != range_set_has(set, v))
		fail_msg("at 0x%llx%016llx", (unsigned long long)(v >> 64),
			 (unsigned long long)v);
}

/* At every edge, beside it, and anywhere. */
static void compare(const struct range_set *set, void *fn, u128 max)
{
	u128 edges[] = {0, max};
	int d, k;
	size_t i;

	if (!set->nr)
		return;
	assert_non_null(fn);
	for (i = 0; i < set->nr + NR(edges); i++)
		for (d = -1; d <= 1; d++) {
			compare_at(set, fn, max,
				   (i < set->nr ? set->r[i].first : 0) + d);
			compare_at(set, fn, max,
				   (i < set->nr ? set->r[i].last : max) + d);
		}
	for (k = 0; k < DRAWS; k++)
		compare_at(set, fn, max, draw());
}

static void test_sets(void **state)
{
	size_t id;

	for (id = 0; id < nr_filters; id++) {
		const struct filter *flt = &filters[id];

		compare(&flt->local_ports, function("port", id), UINT16_MAX);
		if (function("ipv4", id))
			compare(&flt->hosts.v4, function("ipv4", id),
				UINT32_MAX);
		if (function("ipv6", id))
			compare(&flt->hosts.v6, function("ipv6", id), MAX128);
	}
}

static const char *const port_lists[] = {
	"0",	   "65535",
	"80",	   "0-65535",
	"0-1023",  "1024-65535",
	"1,3,5,7", "1,3,5,7,9",
	"0,65535", "0-9,20-29,40-49,60-69,65000-65535",
};

static const char *const addr_lists[] = {
	"0.0.0.0/0,::/0",
	"0.0.0.0,255.255.255.255,::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	"0.0.0.0/1,::/1",
	"128.0.0.0/1,8000::/1",
	"10.0.0.0/8,192.168.0.0/16,1.2.3.4,2001:db8::/32",
	"127.255.255.255,128.0.0.0,7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
	"8000::",
	"1.2.3.0/31,1.2.3.2,2001:db8::/127,2001:db8::2",
	"255.255.255.254/31,255.255.255.253,"
	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127,"
	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffd",
	"::/64",
	"::/65",
	"::8000:0:0:0/65",
	"0:0:0:1::/64,0:0:0:2::/64,0:0:0:3::/64",
	"::ffff:ffff:ffff:ffff,0:0:0:1::",
	"::ffff:ffff:ffff:fffe/127,0:0:0:1::/64,0:0:0:2::/65",
	"::,::2,::4,::6/127",
	"::,::2,::4,::6/127,::9",
};

static void lists_add(void)
{
	struct parse_err err;
	size_t i;

	for (i = 0; i < NR(port_lists); i++)
		assert_int_equal(parse_ports(port_lists[i],
					     &filter_new()->local_ports, &err),
				 0);
	for (i = 0; i < NR(addr_lists); i++)
		assert_int_equal(
			parse_addrs(addr_lists[i], &filter_new()->hosts, &err),
			0);
}

/* NR prefixes of a family with BITS bits, the largest of them a /1. */
static void prefixes_add(struct range_set *set, unsigned bits, size_t nr)
{
	const unsigned half = bits / 2;
	const unsigned lens[] = {1,	   half, half + 1, bits - 1,
				 bits - 3, bits, half - 1, half + 7};
	size_t i;

	for (i = 0; i < nr; i++) {
		unsigned len = i < 8 ? lens[i] : lens[1 + i % 7];
		u128 host = MAX128 >> (128 - bits) >> (len - 1) >> 1;
		u128 first = draw() >> (128 - bits) & ~host;

		assert_int_equal(range_set_add(set, first, first | host), 0);
	}
}

/* NR ranges of any size, and their neighbours now and then. */
static void ranges_add(struct range_set *set, unsigned bits, size_t nr)
{
	u128 max = MAX128 >> (128 - bits);
	size_t i;

	for (i = 0; i < nr; i++) {
		u128 first = draw() & max;
		u128 size = (draw() & max) >> rand() % bits >> 3;

		if (size > max - first)
			size = max - first;
		assert_int_equal(range_set_add(set, first, first + size), 0);
	}
}

static void random_sets_add(void)
{
	static const size_t sizes[] = {1, 4, 5, 64, 64, 64};
	size_t i;

	for (i = 0; i < NR(sizes); i++) {
		struct filter *prefixes = filter_new(), *ranges = filter_new();

		ranges_add(&prefixes->local_ports, 16, sizes[i]);
		prefixes_add(&prefixes->hosts.v4, 32, sizes[i]);
		prefixes_add(&prefixes->hosts.v6, 128, sizes[i]);
		ranges_add(&ranges->local_ports, 16, sizes[i] * 3);
		ranges_add(&ranges->hosts.v4, 32, sizes[i]);
		ranges_add(&ranges->hosts.v6, 128, sizes[i]);
	}
}

static int setup(void **state)
{
	srand(1);
	lists_add();
	random_sets_add();
	library_make();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
	};

	return cmocka_run_group_tests_name("filter_sets", tests, setup,
					   library_free);
}
