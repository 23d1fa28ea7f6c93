/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every run has, whatever it runs: the loop, stdout, the namespace, and
 * one end, for which a signal, -c, -d, a full disk or an error may be the
 * reason. The owner, an argument of the callbacks, keeps the rest.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "base/loop.h"
#include "base/out.h"
#include "front/run.h"

struct engine_ops {
	/* Detach: from now on no program sends anything. Called once. */
	void (*stop)(void *arg);
	/* SIGUSR1: say or show how things are. */
	void (*report)(void *arg);
};

struct engine {
	const struct run_opts *opts;
	const struct engine_ops *ops;
	void *arg; /* of the callbacks */
	struct loop *loop;
	struct out *out;
	int netns;	  /* descriptor, -1: the own namespace */
	uint64_t nr_rows; /* shown so far */
	uint64_t end_ns;  /* where -d says, CLOCK_MONOTONIC; or 0 */
	int out_err;	  /* of stdout, -errno; said at the end */
	bool is_stopped;
	bool is_interrupted; /* by a signal: nothing is waited for */
	bool is_done;	     /* as many rows as -c asks for */
	bool has_failed;     /* what went wrong has been said */
};

/* Loop, stdout and namespace. 0 or -errno, said; engine_close() in any case. */
int engine_open(struct engine *e, const struct run_opts *opts,
		const struct engine_ops *ops, void *arg);

/* Harmless on a zeroed one whose netns is -1. */
void engine_close(struct engine *e);

/*
 * From now on signals end the run in order; until then they end the process at
 * once. Before anything is attached or made that does not end with it. 0 or
 * -errno, said.
 */
int engine_take_signals(struct engine *e);

/* Start the clock of -d. 0 or -errno. */
int engine_start(struct engine *e);

/* Until engine_stop(). 0 or -errno, said. */
int engine_run(struct engine *e);

/*
 * No more events. What waits in the buffers still comes, and is written unless
 * the reader of stdout has stopped: then it is waited for no longer than a
 * second. Once is enough, more do nothing.
 */
void engine_stop(struct engine *e);

/* The same, and the run has failed; why has been said. */
void engine_fail(struct engine *e);

/* A row was shown. The run ends when -c has as many. */
void engine_shown(struct engine *e);

/* Write what was shown. An error ends the run and is said by engine_end(). */
void engine_flush(struct engine *e);

/*
 * While events wait in memory and the loop does not run: deliver signals, look
 * at -d. False when the run is to end.
 */
bool engine_check(struct engine *e);

/*
 * The last word, when all is written. HAS_LOST: something was. 0, -EIO when the
 * run or stdout has failed, -ENOBUFS when something was lost under --strict.
 */
int engine_end(struct engine *e, bool has_lost);

#endif
