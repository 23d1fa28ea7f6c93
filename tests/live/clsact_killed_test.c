// SPDX-License-Identifier: GPL-2.0
/* TC's clsact: instances that are killed, and several that come and go at once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "kernel/tc_list.h"
#include "live/clsact_check.h"

#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define NR_KILLED 100
#define NR_AT_ONCE 4
#define NR_ROUNDS 20

static int attach_named(const void *prog)
{
	struct hook h = hook_of(prog, "lo");

	return attach(&h);
}

/* A child that has attached PROG. */
static pid_t start_child(const char *prog)
{
	pid_t pid = child_start(attach_named, prog);

	assert_true(pid > 0);
	return pid;
}

static void test_killed(void **state)
{
	pid_t in = start_child(IN), out = start_child(OUT);
	struct hook h;

	assert_int_equal(child_kill(in), 0);
	assert_int_equal(child_kill(out), 0);
	assert_int_equal(count_one(), 1001);
	h = attached(IN, "lo");
	assert_int_equal(h.slot, 0);
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_as_before();
}

static void test_killed_beside_one_alive(void **state)
{
	pid_t dead = start_child(IN), alive = start_child(IN);
	struct hook h;

	assert_int_equal(child_kill(dead), 0);
	assert_int_equal(count_one(), 2);
	h = attached(OUT, "lo");
	assert_int_equal(count_one(), 1001);
	assert_shows("pref 29793 bpf chain 0 handle 0x1", true);
	clsact_detach(&h);
	assert_shows("pref 29793 bpf chain 0 handle 0x1", true);
	assert_int_equal(child_kill(alive), 0);
	h = attached(IN, "lo");
	assert_int_equal(count_one(), 1);
	clsact_detach(&h);
	assert_as_before();
}

/* Once --check called its program so, and could not take it off again. */
static void test_left_by_an_older_check(void **state)
{
	struct hook h = hook_of(IN, "lo");

	assert_int_equal(clsact_attach(&h, prog_check, err, sizeof(err)), 0);
	close(h.fd);
	assert_int_equal(count_one(), 100);
	h = attached(OUT, "lo");
	assert_int_equal(count_one(), 1000);
	clsact_detach(&h);
	assert_as_before();
}

/* At any moment of attaching and detaching, once each; then we come. */
static void test_killed_at_any_moment(void **state)
{
	struct hook h;
	pid_t pid;

	for (int i = 0; i < NR_KILLED; i++) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;) {
				h = hook_of(i & 1 ? IN : OUT, "lo");
				if (attach(&h))
					_exit(1);
				clsact_detach(&h);
			}
		}
		usleep(i * 997 % 20000);
		assert_int_equal(child_kill(pid), 0);
		if (i % 10 != 9)
			continue;
		h = attached(IN, "lo");
		assert_int_equal(count_one(), 1);
		clsact_detach(&h);
		assert_as_before();
	}
}

static void find_slot(void *arg, const struct tc_filter *f)
{
	int *slot = arg;

	if (*slot >= 0 && f->priority == 29792 + *slot && f->handle == 1)
		*slot = -1;
}

/* Nobody's qdisc goes while another one still comes. */
static int come_and_go(void)
{
	for (int i = 0; i < NR_ROUNDS; i++) {
		struct hook h = hook_of(IN, "lo");
		int slot;

		if (attach(&h))
			return 1;
		slot = h.slot;
		usleep(i * 997 % 3000);
		while (tc_list_filters(h.ifindex, INGRESS, find_slot, &slot) ==
		       -EAGAIN)
			;
		if (slot != -1)
			return 2;
		clsact_detach(&h);
		/* The next one makes the qdisc again, as often as not. */
		usleep(i * 997 % 3000);
	}
	return 0;
}

static void test_many_at_once(void **state)
{
	int status;

	for (int i = 0; i < NR_AT_ONCE; i++)
		if (!fork())
			_exit(come_and_go());
	for (int i = 0; i < NR_AT_ONCE; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_as_before();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_killed),
		TEST(test_killed_beside_one_alive),
		TEST(test_left_by_an_older_check),
		TEST(test_killed_at_any_moment),
		TEST(test_many_at_once),
	};

	if (is_without_tc())
		return 0;
	return cmocka_run_group_tests_name("clsact killed", tests, setup, NULL);
}
