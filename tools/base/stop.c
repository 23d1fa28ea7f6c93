// SPDX-License-Identifier: GPL-2.0
#include "base/stop.h"

#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

#define NR_SIGNALS (sizeof(signals) / sizeof(*signals))

/* One that is ignored would wait for ever, and is to change nothing. */
static bool is_ignored(int sig)
{
	struct sigaction sa;

	return !sigaction(sig, NULL, &sa) && sa.sa_handler == SIG_IGN;
}

static sigset_t set_make(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < NR_SIGNALS; i++)
		if (!is_ignored(signals[i]))
			sigaddset(&set, signals[i]);
	return set;
}

void stop_hold(void)
{
	sigset_t set = set_make();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool stop_is_asked(void)
{
	sigset_t pending;
	size_t i;

	sigemptyset(&pending);
	sigpending(&pending);
	for (i = 0; i < NR_SIGNALS; i++)
		if (sigismember(&pending, signals[i]))
			return true;
	return false;
}

int stop_open(void)
{
	sigset_t set = set_make();

	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

void stop_obey(void)
{
	sigset_t set = set_make();

	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
