// SPDX-License-Identifier: GPL-2.0
/*
 * Packets through the parser and any mixture of options, against what the
 * options promise.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <linux/if_ether.h>
#include <linux/types.h>
#include <cmocka.h>

#include "event.h"
#include "filter_native.h"

/* What a packet is made from. */
struct parts {
	int ip;
	uint16_t sport, dport, flags;
	u128 src, dst;
};

/* Few values, so that many filters match. */
static uint16_t few(void)
{
	return rand() >> 7 & 3;
}

static struct parts parts_draw(void)
{
	struct parts p = {
		.ip = few() & 1 ? 4 : 6,
		.sport = few(),
		.dport = few(),
		.flags = few() | (few() & 1) << 8,
		.src = few(),
		.dst = few(),
	};

	if (p.ip == 6) {
		p.src |= (u128)few() << 64;
		p.dst |= (u128)few() << 64;
	}
	return p;
}

static void put(uint8_t *to, u128 v, size_t size)
{
	while (size--) {
		to[size] = v;
		v >>= 8;
	}
}

/* An IP and a TCP header without options. The number of bytes. */
static size_t packet_build(uint8_t *bytes, const struct parts *p)
{
	size_t addr = p->ip == 4 ? 12 : 8, tcp = p->ip == 4 ? 20 : 40;
	size_t width = p->ip == 4 ? 4 : 16;

	memset(bytes, 0, tcp + 20);
	bytes[0] = p->ip == 4 ? 0x45 : 0x60;
	put(bytes + (p->ip == 4 ? 2 : 4), p->ip == 4 ? 40 : 20, 2);
	bytes[p->ip == 4 ? 9 : 6] = 6; /* TCP */
	put(bytes + addr, p->src, width);
	put(bytes + addr + width, p->dst, width);
	put(bytes + tcp, p->sport, 2);
	put(bytes + tcp + 2, p->dport, 2);
	put(bytes + tcp + 12, 5 << 12 | p->flags, 2);
	return tcp + 20;
}

static bool end_fits(const struct addr_set *set, int ip, u128 addr)
{
	return range_set_has(ip == 4 ? &set->v4 : &set->v6, addr);
}

static bool is_empty(const struct addr_set *set)
{
	return !set->v4.nr && !set->v6.nr;
}

static bool port_fits(const struct range_set *set, uint16_t port)
{
	return !set->nr || range_set_has(set, port);
}

/* The filter as its options are documented, for an end each. */
static bool expected(const struct filter *flt, const struct parts *p, int dir)
{
	bool is_in = dir == DIR_IN;
	u128 local = is_in ? p->dst : p->src, remote = is_in ? p->src : p->dst;

	if (p->ip == 4 ? flt->want_ipv6_only : flt->want_ipv4_only)
		return false;
	return port_fits(&flt->local_ports, is_in ? p->dport : p->sport) &&
	       port_fits(&flt->remote_ports, is_in ? p->sport : p->dport) &&
	       (is_empty(&flt->local) || end_fits(&flt->local, p->ip, local)) &&
	       (is_empty(&flt->remote) ||
		end_fits(&flt->remote, p->ip, remote)) &&
	       (is_empty(&flt->hosts) || end_fits(&flt->hosts, p->ip, local) ||
		end_fits(&flt->hosts, p->ip, remote)) &&
	       (p->flags & flt->flags.mask) == flt->flags.value;
}

static bool filter_run(size_t id, const struct parts *p, int dir)
{
	int (*fn)(const uint8_t *, uint32_t, uint16_t, uint8_t) =
		function("packet", id);
	struct filter_families fam = filter_families(&filters[id]);
	uint8_t bytes[60];
	size_t len = packet_build(bytes, p);

	assert_non_null(fn);
	/* The parser is compiled without a family that cannot pass. */
	if (p->ip == 4 ? !fam.has_ipv4 : !fam.has_ipv6)
		return false;
	return fn(bytes, len, p->ip == 4 ? ETH_P_IP : ETH_P_IPV6, dir);
}

static void test_packets(void **state)
{
	size_t id, nr_matched = 0;
	int k;

	for (id = 0; id < nr_filters; id++)
		for (k = 0; k < DRAWS; k++) {
			struct parts p = parts_draw();
			int dir = k & 1 ? DIR_IN : DIR_OUT;
			bool matches = filter_run(id, &p, dir);

			if (matches != expected(&filters[id], &p, dir))
				fail_msg("filter %zu, draw %d", id, k);
			nr_matched += matches;
		}
	/* Neither all nor none: the comparison says something. */
	assert_in_range(nr_matched, DRAWS * FILTERS_MAX / 20,
			DRAWS * FILTERS_MAX / 2);
}

static void few_ports_add(struct range_set *set)
{
	int i, nr = few();

	for (i = 0; i < nr; i++) {
		uint16_t first = few();

		range_set_add(set, first, first + few() / 3);
	}
}

static void few_addrs_add(struct addr_set *set)
{
	int i, nr = few();

	if (few() & 1)
		return;
	for (i = 0; i < nr; i++) {
		u128 v4 = few(), v6 = (u128)few() << 64 | few();

		range_set_add(&set->v4, v4, v4 + few());
		range_set_add(&set->v6, v6, v6 + ((u128)few() << 64) + few());
	}
	if (!few())
		range_set_free(&set->v4);
	else if (!few())
		range_set_free(&set->v6);
}

static void filter_draw(struct filter *flt)
{
	if (few() & 1)
		few_ports_add(&flt->local_ports);
	if (few() & 1)
		few_ports_add(&flt->remote_ports);
	few_addrs_add(&flt->hosts);
	few_addrs_add(&flt->local);
	few_addrs_add(&flt->remote);
	if (few() & 1)
		flt->flags.mask = few() | (few() & 1) << 8;
	flt->flags.value = (few() | (few() & 1) << 8) & flt->flags.mask;
	flt->want_ipv4_only = few() + few() == 0;
	flt->want_ipv6_only = few() + few() == 0;
}

static int setup(void **state)
{
	srand(1);
	while (nr_filters < FILTERS_MAX)
		filter_draw(filter_new());
	library_make();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets),
	};

	return cmocka_run_group_tests_name("filter_match", tests, setup,
					   library_free);
}
