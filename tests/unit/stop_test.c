// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stop.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

#define NR_SIGNALS (sizeof(signals) / sizeof(*signals))

/* How a process that runs FN ends: its status, or minus the signal. */
static int end_of(int (*fn)(int sig), int sig)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		_exit(fn(sig));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static bool is_readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static int held(int sig)
{
	int fd;

	stop_hold();
	fd = stop_open();
	if (fd < 0 || stop_is_asked() || is_readable(fd))
		return 1;
	raise(sig);
	if (!stop_is_asked() || !is_readable(fd))
		return 2;
	/* It waits until it is obeyed, however often it is looked at. */
	if (!stop_is_asked() || !is_readable(fd))
		return 3;
	stop_obey();
	return 4;
}

static int not_asked(int sig)
{
	stop_hold();
	stop_obey();
	return stop_is_asked();
}

static int not_held(int sig)
{
	int fd = stop_open();

	return fd < 0 || stop_is_asked() || is_readable(fd);
}

/* As under nohup(1). */
static int ignored(int sig)
{
	int fd;

	signal(sig, SIG_IGN);
	stop_hold();
	fd = stop_open();
	raise(sig);
	if (stop_is_asked() || is_readable(fd))
		return 1;
	stop_obey();
	return 0;
}

static void test_each_signal(void **state)
{
	for (size_t i = 0; i < NR_SIGNALS; i++) {
		if (signals[i] != SIGQUIT)
			assert_int_equal(end_of(held, signals[i]), -signals[i]);
		assert_int_equal(end_of(ignored, signals[i]), 0);
	}
	assert_int_equal(end_of(held, SIGUSR1), -SIGUSR1);
}

static void test_none(void **state)
{
	assert_int_equal(end_of(not_asked, 0), 0);
	assert_int_equal(end_of(not_held, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_signal),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
