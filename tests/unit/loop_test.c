// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/loop.h"

#define MS 1000000ull
#define LIMIT_NS (5000 * MS) /* a loop that never stops fails by then */

struct trace {
	struct loop *loop;
	char text[64]; /* a letter for each thing that happened */
	int fds[2][2]; /* pipes */
	int timer;
};

static void note(struct trace *t, char c)
{
	size_t len = strlen(t->text);

	assert_true(len + 1 < sizeof(t->text));
	t->text[len] = c;
}

static void signal_take(void *arg, int sig)
{
	struct trace *t = arg;

	note(t, sig == SIGUSR1 ? 'u' : 's');
	if (sig != SIGUSR1)
		loop_stop(t->loop);
}

static void too_late(void *arg, int fd, uint32_t events)
{
	fail_msg("the loop went on for %llu ms", LIMIT_NS / MS);
}

static void trace_start(struct trace *t)
{
	int i;

	memset(t, 0, sizeof(*t));
	t->loop = loop_new(signal_take, t);
	assert_non_null(t->loop);
	assert_int_equal(loop_take_signals(t->loop), 0);
	assert_true(loop_timer(t->loop, LIMIT_NS, 0, too_late, t) >= 0);
	for (i = 0; i < 2; i++)
		assert_int_equal(pipe2(t->fds[i], O_NONBLOCK | O_CLOEXEC), 0);
}

static void trace_end(struct trace *t, const char *text)
{
	int i;

	assert_int_equal(loop_run(t->loop), 0);
	assert_string_equal(t->text, text);
	loop_free(t->loop);
	for (i = 0; i < 4; i++)
		assert_int_equal(close(t->fds[i / 2][i % 2]), 0);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

static void wait_ns(uint64_t ns)
{
	struct timespec ts = {.tv_nsec = ns};

	nanosleep(&ts, NULL);
}

static void stop(void *arg, int fd, uint32_t events)
{
	struct trace *t = arg;

	note(t, '.');
	loop_stop(t->loop);
}

static void once(void *arg, int fd, uint32_t events)
{
	note(arg, '1');
}

static void test_timers_in_their_order(void **state)
{
	uint64_t start = now_ns();
	struct trace t;

	trace_start(&t);
	assert_true(loop_timer(t.loop, 40 * MS, 0, stop, &t) >= 0);
	assert_true(loop_timer(t.loop, 10 * MS, 0, once, &t) >= 0);
	trace_end(&t, "1.");
	assert_in_range(now_ns() - start, 40 * MS, 1000 * MS);
}

static void test_a_timer_of_zero_is_at_once(void **state)
{
	struct trace t;

	trace_start(&t);
	assert_true(loop_timer(t.loop, 0, 0, stop, &t) >= 0);
	trace_end(&t, ".");
}

/* Misses at least nine of its turns: they come as one. */
static void tick(void *arg, int fd, uint32_t events)
{
	struct trace *t = arg;

	note(t, 't');
	if (!strcmp(t->text, "t"))
		wait_ns(100 * MS);
	if (!strcmp(t->text, "ttt"))
		loop_stop(t->loop);
}

static void test_missed_turns_come_as_one(void **state)
{
	uint64_t start = now_ns();
	struct trace t;

	trace_start(&t);
	assert_true(loop_timer(t.loop, 1, 10 * MS, tick, &t) >= 0);
	trace_end(&t, "ttt");
	/* The third is a whole turn after the second. */
	assert_in_range(now_ns() - start, 101 * MS, 2000 * MS);
}

static void readable(void *arg, int fd, uint32_t events)
{
	struct trace *t = arg;
	char c;

	assert_int_equal(events & EPOLLIN, EPOLLIN);
	assert_int_equal(read(fd, &c, 1), 1);
	note(t, c);
	if (c == '.')
		loop_stop(t->loop);
}

static void test_descriptors(void **state)
{
	struct trace t;

	trace_start(&t);
	assert_int_equal(loop_add(t.loop, t.fds[0][0], readable, &t), 0);
	assert_int_equal(write(t.fds[0][1], "abc.", 4), 4);
	trace_end(&t, "abc.");
}

static void hung_up(void *arg, int fd, uint32_t events)
{
	struct trace *t = arg;

	note(t, 'h');
	assert_int_equal(events, EPOLLHUP);
	loop_remove(t->loop, fd);
	assert_true(loop_timer(t->loop, 20 * MS, 0, stop, t) >= 0);
}

static void test_a_hang_up_is_told(void **state)
{
	struct trace t;

	trace_start(&t);
	assert_int_equal(loop_add(t.loop, t.fds[0][0], hung_up, &t), 0);
	assert_int_equal(dup3(t.fds[1][1], t.fds[0][1], O_CLOEXEC),
			 t.fds[0][1]);
	trace_end(&t, "h.");
}

/* Both are ready at once: whichever comes first removes the other. */
static void remove_other(void *arg, int fd, uint32_t events)
{
	struct trace *t = arg;
	int other = fd == t->fds[0][0] ? t->fds[1][0] : t->fds[0][0];

	note(t, 'r');
	loop_remove(t->loop, fd);
	loop_remove(t->loop, other);
	loop_remove(t->loop, other);
	assert_true(loop_timer(t->loop, 20 * MS, 0, stop, t) >= 0);
}

static void test_remove_in_a_callback(void **state)
{
	struct trace t;
	int i;

	trace_start(&t);
	for (i = 0; i < 2; i++) {
		assert_int_equal(write(t.fds[i][1], "x", 1), 1);
		assert_int_equal(
			loop_add(t.loop, t.fds[i][0], remove_other, &t), 0);
	}
	trace_end(&t, "r.");
}

/* The other is gone, and its number already means something new. */
static void replace_other(void *arg, int fd, uint32_t events)
{
	struct trace *t = arg;
	int i = fd == t->fds[0][0];

	note(t, 'r');
	loop_remove(t->loop, fd);
	loop_remove(t->loop, t->fds[i][0]);
	close(t->fds[i][0]);
	close(t->fds[i][1]);
	assert_int_equal(pipe2(t->fds[i], O_NONBLOCK | O_CLOEXEC), 0);
	assert_int_equal(write(t->fds[i][1], "n.", 2), 2);
	assert_int_equal(loop_add(t->loop, t->fds[i][0], readable, t), 0);
}

static void test_add_in_a_callback(void **state)
{
	struct trace t;
	int i;

	trace_start(&t);
	for (i = 0; i < 2; i++) {
		assert_int_equal(write(t.fds[i][1], "x", 1), 1);
		assert_int_equal(
			loop_add(t.loop, t.fds[i][0], replace_other, &t), 0);
	}
	trace_end(&t, "rn.");
}

static void remove_itself(void *arg, int fd, uint32_t events)
{
	struct trace *t = arg;

	note(t, 'i');
	assert_int_equal(fd, t->timer);
	loop_remove(t->loop, fd);
	assert_int_equal(close(fd), 0);
	assert_true(loop_timer(t->loop, 30 * MS, 0, stop, t) >= 0);
}

static void test_a_timer_that_removes_itself(void **state)
{
	struct trace t;

	trace_start(&t);
	t.timer = loop_timer(t.loop, MS, MS, remove_itself, &t);
	assert_true(t.timer >= 0);
	trace_end(&t, "i.");
}

static void test_what_cannot_be_watched(void **state)
{
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct trace t;

	trace_start(&t);
	assert_int_equal(loop_add(t.loop, -1, readable, &t), -EBADF);
	assert_int_equal(loop_add(t.loop, file, readable, &t), -EPERM);
	assert_int_equal(loop_add(t.loop, t.fds[0][0], readable, &t), 0);
	assert_int_equal(loop_add(t.loop, t.fds[0][0], readable, &t), -EEXIST);
	loop_stop(t.loop);
	trace_end(&t, "");
	close(file);
}

static void test_free_closes_only_timers(void **state)
{
	struct trace t;
	int timer;

	loop_free(NULL);
	trace_start(&t);
	timer = loop_timer(t.loop, LIMIT_NS, 0, stop, &t);
	assert_int_equal(loop_add(t.loop, t.fds[0][0], readable, &t), 0);
	loop_stop(t.loop);
	trace_end(&t, ""); /* closes the pipes itself */
	assert_int_equal(fcntl(timer, F_GETFD), -1);
	assert_int_equal(errno, EBADF);
}

static void test_signals(void **state)
{
	static const int stops[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct trace t;
	size_t i;

	for (i = 0; i < sizeof(stops) / sizeof(stops[0]); i++) {
		trace_start(&t);
		assert_int_equal(raise(SIGUSR1), 0);
		assert_false(loop_check(t.loop));
		assert_string_equal(t.text, "u");
		assert_int_equal(raise(stops[i]), 0);
		trace_end(&t, "us");
	}
}

/* With a loop whose signals were not taken yet: how SIG ends the process. */
static int end_by(int sig)
{
	struct trace t = {};
	sigset_t none;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		t.loop = loop_new(signal_take, &t);
		raise(sig);
		_exit(*t.text ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_signals_that_are_not_taken_yet(void **state)
{
	assert_int_equal(end_by(SIGINT), SIGINT);
	assert_int_equal(end_by(SIGTERM), SIGTERM);
	assert_int_equal(end_by(SIGHUP), SIGHUP);
	assert_int_equal(end_by(SIGUSR1), 0);
}

static void test_sigpipe_is_ignored(void **state)
{
	struct trace t;
	int fds[2];

	trace_start(&t);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	assert_int_equal(write(fds[1], "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	close(fds[1]);
	loop_stop(t.loop);
	trace_end(&t, "");
}

static int is_readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0);
}

/* A callback that takes long, and is told to stop meanwhile. */
static void busy(void *arg, int fd, uint32_t events)
{
	struct trace *t = arg;
	int signals = loop_signal_fd(t->loop);

	assert_false(loop_check(t->loop));
	assert_int_equal(is_readable(signals), 0);
	raise(SIGUSR1);
	assert_int_equal(is_readable(signals), 1);
	assert_false(loop_check(t->loop));
	note(t, 'b');
	raise(SIGTERM);
	assert_true(loop_check(t->loop));
	assert_true(loop_check(t->loop));
	assert_int_equal(is_readable(signals), 0);
	note(t, 'e');
}

static void test_check_in_a_long_callback(void **state)
{
	struct trace t;

	trace_start(&t);
	assert_true(loop_timer(t.loop, MS, 0, busy, &t) >= 0);
	trace_end(&t, "ubse");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers_in_their_order),
		cmocka_unit_test(test_a_timer_of_zero_is_at_once),
		cmocka_unit_test(test_missed_turns_come_as_one),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_a_hang_up_is_told),
		cmocka_unit_test(test_remove_in_a_callback),
		cmocka_unit_test(test_add_in_a_callback),
		cmocka_unit_test(test_a_timer_that_removes_itself),
		cmocka_unit_test(test_what_cannot_be_watched),
		cmocka_unit_test(test_free_closes_only_timers),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_signals_that_are_not_taken_yet),
		cmocka_unit_test(test_sigpipe_is_ignored),
		cmocka_unit_test(test_check_in_a_long_callback),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
