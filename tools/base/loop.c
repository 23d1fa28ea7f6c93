// SPDX-License-Identifier: GPL-2.0
#include "base/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define BATCH 32

struct watch {
	struct watch *next;
	int fd; /* -1: removed, freed by loop_free() */
	bool is_timer;
	loop_fn fn;
	void *arg;
};

struct loop {
	int epoll;
	int signals;
	sigset_t taken; /* what SIGNALS tells of, once they are blocked */
	bool is_stopping;
	loop_signal_fn signal_fn;
	void *signal_arg;
	struct watch *watches;
};

static int signals_open(sigset_t *set)
{
	static const int sigs[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1};
	size_t i;

	sigemptyset(set);
	for (i = 0; i < sizeof(sigs) / sizeof(*sigs); i++)
		sigaddset(set, sigs[i]);
	signal(SIGPIPE, SIG_IGN);
	/* What it asks for is not there yet; it need not end us. */
	signal(SIGUSR1, SIG_IGN);
	return signalfd(-1, set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void signals_deliver(void *arg, int fd, uint32_t events)
{
	struct loop *l = arg;
	struct signalfd_siginfo si;

	while (read(fd, &si, sizeof(si)) == sizeof(si))
		l->signal_fn(l->signal_arg, si.ssi_signo);
}

struct loop *loop_new(loop_signal_fn fn, void *arg)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->signal_fn = fn;
	l->signal_arg = arg;
	l->signals = -1;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll >= 0)
		l->signals = signals_open(&l->taken);
	if (l->signals < 0 || loop_add(l, l->signals, signals_deliver, l)) {
		loop_free(l);
		return NULL;
	}
	return l;
}

void loop_free(struct loop *l)
{
	struct watch *w, *next;

	if (!l)
		return;
	for (w = l->watches; w; w = next) {
		next = w->next;
		if (w->is_timer && w->fd >= 0)
			close(w->fd);
		free(w);
	}
	if (l->signals >= 0)
		close(l->signals);
	if (l->epoll >= 0)
		close(l->epoll);
	free(l);
}

static struct watch *watch_add(struct loop *l, int fd, loop_fn fn, void *arg)
{
	struct watch *w = calloc(1, sizeof(*w));
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = w};

	if (!w)
		return NULL;
	w->fd = fd;
	w->fn = fn;
	w->arg = arg;
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e)) {
		free(w);
		return NULL;
	}
	w->next = l->watches;
	l->watches = w;
	return w;
}

int loop_add(struct loop *l, int fd, loop_fn fn, void *arg)
{
	errno = ENOMEM;
	return watch_add(l, fd, fn, arg) ? 0 : -errno;
}

void loop_remove(struct loop *l, int fd)
{
	struct watch *w;

	for (w = l->watches; w; w = w->next) {
		if (w->fd != fd)
			continue;
		epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
		/* An event of this round may still point here. */
		w->fd = -1;
		return;
	}
}

int loop_timer(struct loop *l, uint64_t first_ns, uint64_t interval_ns,
	       loop_fn fn, void *arg)
{
	struct itimerspec its = {
		/* Zero would disarm it. */
		.it_value = {first_ns / 1000000000,
			     first_ns ? first_ns % 1000000000 : 1},
		.it_interval = {interval_ns / 1000000000,
				interval_ns % 1000000000},
	};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	struct watch *w;

	if (fd < 0)
		return -errno;
	errno = ENOMEM;
	w = timerfd_settime(fd, 0, &its, NULL) ? NULL
					       : watch_add(l, fd, fn, arg);
	if (!w) {
		int err = -errno;

		close(fd);
		return err;
	}
	w->is_timer = true;
	return fd;
}

static void event_deliver(const struct epoll_event *e)
{
	struct watch *w = e->data.ptr;
	uint64_t nr_expired;

	if (w->fd < 0)
		return;
	if (w->is_timer && read(w->fd, &nr_expired, sizeof(nr_expired)) < 0)
		return;
	w->fn(w->arg, w->fd, e->events);
}

int loop_take_signals(struct loop *l)
{
	return sigprocmask(SIG_BLOCK, &l->taken, NULL) ? -errno : 0;
}

int loop_run(struct loop *l)
{
	struct epoll_event events[BATCH];
	int i, n;

	while (!l->is_stopping) {
		n = epoll_wait(l->epoll, events, BATCH, -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		for (i = 0; i < n; i++)
			event_deliver(&events[i]);
	}
	return 0;
}

void loop_stop(struct loop *l)
{
	l->is_stopping = true;
}

bool loop_check(struct loop *l)
{
	signals_deliver(l, l->signals, 0);
	return l->is_stopping;
}

int loop_signal_fd(const struct loop *l)
{
	return l->signals;
}
