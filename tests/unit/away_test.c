// SPDX-License-Identifier: GPL-2.0
/* Which CPU the reader keeps away from, and that it asks before it goes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sched.h>
#include <unistd.h>

#include "kernel/away.h"

static void finds_the_busiest(void **state)
{
	assert_int_equal(away_busiest((uint64_t[]){0, 1000, 0}, 3), 1);
	assert_int_equal(away_busiest((uint64_t[]){0, 999, 0}, 3), -1);
	assert_int_equal(away_busiest((uint64_t[]){1500, 500}, 2), 0);
	assert_int_equal(away_busiest((uint64_t[]){1499, 501}, 2), -1);
	assert_int_equal(away_busiest((uint64_t[]){500, 500, 3000}, 3), 2);
	assert_int_equal(away_busiest((uint64_t[]){5000}, 1), 0);
	assert_int_equal(away_busiest(NULL, 0), -1);
}

static cpu_set_t now(void)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	return set;
}

static void let_run(const cpu_set_t *set)
{
	assert_int_equal(sched_setaffinity(0, sizeof(*set), set), 0);
}

static void look(struct away *a, int cpu, size_t nr_events)
{
	away_count(a, cpu, nr_events);
	away_look(a);
}

static void assert_at(const cpu_set_t *set)
{
	cpu_set_t is = now();

	assert_true(CPU_EQUAL(&is, set));
}

static void goes_where_it_may(void **state)
{
	struct away *a = away_new(sysconf(_SC_NPROCESSORS_CONF));
	cpu_set_t all = now(), without = all, one;
	int cpu = 0, other;

	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CPU_CLR(cpu, &without);
	if (!CPU_COUNT(&without)) {
		away_free(a);
		print_message("# one CPU\n");
		skip();
	}
	for (other = cpu + 1; !CPU_ISSET(other, &all);)
		other++;
	look(a, cpu, 999);
	assert_at(&all);
	look(a, cpu, 999); /* not 1998: that was another time */
	assert_at(&all);
	look(a, cpu, 1000);
	assert_at(&without);
	/* What is away already stays. */
	look(a, cpu, 1000);
	assert_at(&without);
	/* Somebody says where it may run: it stays there. */
	let_run(&one);
	look(a, cpu, 1000);
	assert_at(&one);
	look(a, other, 1000);
	assert_at(&one);
	let_run(&all);
	look(a, cpu, 1000);
	assert_at(&without);
	/* Back, as another one is the busiest now. */
	CPU_CLR(other, &all);
	look(a, other, 1000);
	assert_at(&all);
	CPU_SET(other, &all);
	let_run(&all);
	away_free(a);
	away_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_busiest),
		cmocka_unit_test(goes_where_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
