/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The main loop: descriptors, timers and signals, one thread, no handlers that
 * interrupt anything. Signals are read from a signalfd, from the moment on when
 * there is something that must be ended in order; before it they end the process
 * at once, whatever it waits for.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

/* FD (or a timer) is ready, EVENTS as of epoll(7). */
typedef void (*loop_fn)(void *arg, int fd, uint32_t events);

/* A signal came. */
typedef void (*loop_signal_fn)(void *arg, int sig);

/*
 * Ignores SIGPIPE and SIGUSR1; other signals do what they did. FN is for
 * loop_take_signals(). NULL with errno set.
 */
struct loop *loop_new(loop_signal_fn fn, void *arg);

/*
 * SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGUSR1 are blocked from now on, and told
 * by the loop. To be called before anything is made that does not end with the
 * process; what may take long comes before. 0 or -errno.
 */
int loop_take_signals(struct loop *l);

/* Null-safe. Closes the timers, not the descriptors that were added. */
void loop_free(struct loop *l);

/* Call FN when FD is readable. 0 or -errno. */
int loop_add(struct loop *l, int fd, loop_fn fn, void *arg);

/* FD is watched no longer; to be called before it is closed. */
void loop_remove(struct loop *l, int fd);

/*
 * Call FN after FIRST_NS and then, unless 0, every INTERVAL_NS. A timer that
 * was missed several times fires once. The timer's descriptor or -errno.
 */
int loop_timer(struct loop *l, uint64_t first_ns, uint64_t interval_ns,
	       loop_fn fn, void *arg);

/* Until loop_stop(). 0 or -errno. */
int loop_run(struct loop *l);

/* loop_run() returns once the current callbacks are done. */
void loop_stop(struct loop *l);

/*
 * For callbacks that take long: deliver the signals that have come meanwhile.
 * True when the loop is to stop.
 */
bool loop_check(struct loop *l);

/* Readable when a signal waits: for poll(2) elsewhere (out_set_stop()). */
int loop_signal_fd(const struct loop *l);

#endif
