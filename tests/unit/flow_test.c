// SPDX-License-Identifier: GPL-2.0
/* Relative sequence numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/types.h>
#include <string.h>

#include "event.h"
#include "view/flow.h"

/* Client 198.51.100.7:40000 is end 1, server 192.0.2.1:80 is end 0. */
static struct record segment(bool is_from_server, uint16_t flags, uint32_t seq,
			     uint32_t ack)
{
	struct record rec = {
		.ip = 4,
		.saddr = {198, 51, 100, 7},
		.daddr = {192, 0, 2, 1},
		.sport = 40000,
		.dport = 80,
	};
	struct record back = {
		.ip = 4,
		.saddr = {192, 0, 2, 1},
		.daddr = {198, 51, 100, 7},
		.sport = 80,
		.dport = 40000,
	};

	if (is_from_server)
		rec = back;
	rec.flags = flags;
	rec.seq = seq;
	rec.ack = ack;
	return rec;
}

struct step {
	bool is_from_server;
	uint16_t flags;
	uint32_t seq, ack;
	uint32_t want_seq, want_ack;
};

static void relate_all(struct flow_table *t, const struct step *s, size_t nr)
{
	struct record rec;

	for (; nr--; s++) {
		rec = segment(s->is_from_server, s->flags, s->seq, s->ack);
		flow_relate(t, &rec);
		assert_int_equal(rec.seq, s->seq);
		assert_int_equal(rec.ack, s->ack);
		assert_int_equal(rec.rel_seq, s->want_seq);
		assert_int_equal(rec.rel_ack, s->want_ack);
	}
}

static void run_in(size_t max, const struct step *s, size_t nr)
{
	struct flow_table *t = flow_table_new(max);

	assert_non_null(t);
	relate_all(t, s, nr);
	flow_table_free(t);
}

#define RUN(steps) run_in(16, steps, sizeof(steps) / sizeof((steps)[0]))

static void both_directions(void **state)
{
	static const struct step steps[] = {
		{0, TCP_SYN, 1000, 0, 1000, 0},
		{1, TCP_SYN | TCP_ACK, 5000, 1001, 5000, 1001},
		{0, TCP_ACK, 1001, 5001, 1, 1},
		{0, TCP_PSH | TCP_ACK, 1001, 5001, 1, 1},
		{1, TCP_ACK, 5001, 1101, 1, 101},
		{1, TCP_FIN | TCP_ACK, 5301, 1101, 301, 101},
		{0, TCP_ACK, 1101, 5302, 101, 302},
	};

	RUN(steps);
}

/* Only what comes in is seen: the first ACK says where the other end began. */
static void one_direction(void **state)
{
	static const struct step steps[] = {
		{0, TCP_SYN, 1000, 0, 1000, 0},
		{0, TCP_ACK, 1001, 5001, 1, 1},
		{0, TCP_ACK, 1101, 5301, 101, 301},
	};

	RUN(steps);
}

static void from_the_middle(void **state)
{
	static const struct step steps[] = {
		{0, TCP_ACK, 70000, 90000, 70000, 90000},
		{0, TCP_ACK, 70010, 90000, 10, 1},
		{1, TCP_ACK, 90000, 70010, 1, 10},
	};

	RUN(steps);
}

static void refused(void **state)
{
	static const struct step steps[] = {
		{0, TCP_SYN, 1000, 0, 1000, 0},
		{1, TCP_RST | TCP_ACK, 0, 1001, 0, 1},
	};

	RUN(steps);
}

static void numbers_wrap(void **state)
{
	static const struct step steps[] = {
		{0, TCP_SYN, 0xffffffff, 0, 0xffffffff, 0},
		{1, TCP_SYN | TCP_ACK, 0xfffffff0, 0, 0xfffffff0, 0},
		{0, TCP_ACK, 0, 0xfffffff1, 1, 1},
		{1, TCP_ACK, 0x10, 0x20, 0x20, 0x21},
	};

	RUN(steps);
}

static void without_ack_there_is_no_ack(void **state)
{
	static const struct step steps[] = {
		{0, TCP_ACK, 10, 20, 10, 20},
		{0, TCP_RST, 11, 0, 1, 0},
	};

	RUN(steps);
}

static void syn_starts_anew(void **state)
{
	static const struct step steps[] = {
		{0, TCP_SYN, 1000, 0, 1000, 0},
		{0, TCP_ACK, 1001, 5001, 1, 1},
		{0, TCP_SYN, 7000, 0, 7000, 0},
		{0, TCP_ACK, 7001, 9001, 1, 1},
	};

	RUN(steps);
}

/* The same bytes as IPv4 address, other port, or other family: other flows. */
static void flows_are_apart(void **state)
{
	struct flow_table *t = flow_table_new(16);
	struct record a = segment(false, TCP_ACK, 10, 20);
	struct record port = a, addr = a, family = a;

	port.sport++;
	addr.daddr[3]++;
	family.ip = 6;
	flow_relate(t, &a);
	flow_relate(t, &port);
	flow_relate(t, &addr);
	flow_relate(t, &family);
	assert_int_equal(port.rel_seq, 10);
	assert_int_equal(addr.rel_seq, 10);
	assert_int_equal(family.rel_seq, 10);
	flow_relate(t, &a);
	assert_int_equal(a.rel_seq, 0);
	assert_int_equal(a.rel_ack, 1);
	flow_table_free(t);
}

static uint32_t relate_port(struct flow_table *t, uint16_t sport)
{
	struct record rec = segment(false, TCP_ACK, 10, 20);

	rec.sport = sport;
	flow_relate(t, &rec);
	return rec.rel_seq;
}

static void the_one_unused_for_longest_goes(void **state)
{
	struct flow_table *t = flow_table_new(3);

	assert_int_equal(relate_port(t, 1), 10);
	assert_int_equal(relate_port(t, 2), 10);
	assert_int_equal(relate_port(t, 3), 10);
	assert_int_equal(relate_port(t, 1), 0); /* now 2 is the oldest */
	assert_int_equal(relate_port(t, 4), 10);
	assert_int_equal(relate_port(t, 1), 0);
	assert_int_equal(relate_port(t, 3), 0);
	assert_int_equal(relate_port(t, 4), 0);
	assert_int_equal(relate_port(t, 2), 10); /* in place of 1 */
	assert_int_equal(relate_port(t, 1), 10);
	flow_table_free(t);
}

static void many_flows(void **state)
{
	struct flow_table *t = flow_table_new(1000);
	uint16_t i;

	for (i = 0; i < 5000; i++)
		assert_int_equal(relate_port(t, i), 10);
	for (i = 4999; i >= 4000; i--)
		assert_int_equal(relate_port(t, i), 0);
	assert_int_equal(relate_port(t, 3999), 10);
	flow_table_free(t);
	flow_table_free(NULL);
}

static void a_table_of_one(void **state)
{
	struct flow_table *t = flow_table_new(1);

	assert_int_equal(relate_port(t, 1), 10);
	assert_int_equal(relate_port(t, 1), 0);
	assert_int_equal(relate_port(t, 2), 10);
	assert_int_equal(relate_port(t, 2), 0);
	assert_int_equal(relate_port(t, 1), 10);
	flow_table_free(t);
}

#define MODEL_MAX 7

/* The ports that are known, the one used last in front. */
struct model {
	uint16_t port[MODEL_MAX];
	size_t nr;
};

/* Whether it was there. */
static bool model_use(struct model *m, uint16_t port)
{
	size_t i;
	bool was_there;

	for (i = 0; i < m->nr && m->port[i] != port;)
		i++;
	was_there = i < m->nr;
	if (!was_there && m->nr < MODEL_MAX)
		m->nr++;
	if (i == MODEL_MAX)
		i--;
	memmove(m->port + 1, m->port, i * sizeof(m->port[0]));
	m->port[0] = port;
	return was_there;
}

static void as_a_list_would(void **state)
{
	struct flow_table *t = flow_table_new(MODEL_MAX);
	struct model m = {};
	uint32_t random = 1;
	int i;

	for (i = 0; i < 20000; i++) {
		uint16_t port = (random = random * 1664525 + 1013904223) >> 20;

		port %= 2 * MODEL_MAX;
		assert_int_equal(relate_port(t, port),
				 model_use(&m, port) ? 0 : 10);
	}
	flow_table_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions),
		cmocka_unit_test(one_direction),
		cmocka_unit_test(from_the_middle),
		cmocka_unit_test(refused),
		cmocka_unit_test(numbers_wrap),
		cmocka_unit_test(without_ack_there_is_no_ack),
		cmocka_unit_test(syn_starts_anew),
		cmocka_unit_test(flows_are_apart),
		cmocka_unit_test(the_one_unused_for_longest_goes),
		cmocka_unit_test(many_flows),
		cmocka_unit_test(a_table_of_one),
		cmocka_unit_test(as_a_list_would),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
