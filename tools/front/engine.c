// SPDX-License-Identifier: GPL-2.0
#include "front/engine.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "kernel/netns.h"

#define GOODBYE_NS 1000000000ull /* for a reader of ours that has stopped */

static void signalled(void *arg, int sig)
{
	struct engine *e = arg;

	if (sig == SIGUSR1) {
		e->ops->report(e->arg);
		return;
	}
	e->is_interrupted = true;
	engine_stop(e);
}

static int netns_get(struct engine *e)
{
	char err[256];

	if (!e->opts->netns)
		return 0;
	e->netns = netns_open(e->opts->netns, err, sizeof(err));
	if (e->netns >= 0)
		return 0;
	log_err("%s", err);
	return -ENOENT;
}

int engine_open(struct engine *e, const struct run_opts *opts,
		const struct engine_ops *ops, void *arg)
{
	*e = (struct engine){.opts = opts, .ops = ops, .arg = arg, .netns = -1};
	/* Each with its own errno. */
	e->loop = loop_new(signalled, e);
	if (e->loop)
		e->out = out_new(STDOUT_FILENO);
	if (!e->out) {
		log_err("cannot start: %s", error_words(-errno));
		return -EIO;
	}
	out_set_stop(e->out, loop_signal_fd(e->loop));
	return netns_get(e);
}

void engine_close(struct engine *e)
{
	out_free(e->out);
	loop_free(e->loop);
	if (e->netns >= 0)
		close(e->netns);
	e->out = NULL;
	e->loop = NULL;
	e->netns = -1;
}

int engine_take_signals(struct engine *e)
{
	int ret = loop_take_signals(e->loop);

	if (ret)
		log_err("cannot take signals: %s", strerror(-ret));
	return ret;
}

static void duration_over(void *arg, int fd, uint32_t events)
{
	engine_stop(arg);
}

int engine_start(struct engine *e)
{
	uint64_t span_ns = e->opts->duration_ns;
	int ret;

	if (!span_ns)
		return 0;
	e->end_ns = clock_ns(CLOCK_MONOTONIC) + span_ns;
	ret = loop_timer(e->loop, span_ns, 0, duration_over, e);
	return ret < 0 ? ret : 0;
}

int engine_run(struct engine *e)
{
	int ret = loop_run(e->loop);

	if (ret)
		log_err("cannot wait for events: %s", error_words(ret));
	return ret;
}

void engine_stop(struct engine *e)
{
	if (e->is_stopped)
		return;
	e->is_stopped = true;
	e->ops->stop(e->arg);
	loop_stop(e->loop);
	out_set_limit(e->out, GOODBYE_NS);
}

void engine_fail(struct engine *e)
{
	e->has_failed = true;
	engine_stop(e);
}

void engine_shown(struct engine *e)
{
	if (++e->nr_rows != e->opts->count)
		return;
	e->is_done = true;
	engine_stop(e);
}

void engine_flush(struct engine *e)
{
	int err = out_flush(e->out);

	if (!err || err == -EINTR || e->out_err)
		return;
	e->out_err = err;
	engine_stop(e);
}

bool engine_check(struct engine *e)
{
	if (e->end_ns && clock_ns(CLOCK_MONOTONIC) >= e->end_ns)
		engine_stop(e);
	return !loop_check(e->loop);
}

int engine_end(struct engine *e, bool has_lost)
{
	if (e->out_err)
		log_err("cannot write to stdout: %s", error_words(e->out_err));
	if (e->out_err || e->has_failed)
		return -EIO;
	return e->opts->is_strict && has_lost ? -ENOBUFS : 0;
}
