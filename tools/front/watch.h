/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --watch: whenever the file of --source is saved, it is compiled beside the
 * program that runs, and takes its place without a packet missed. Where that
 * cannot be, why is said, and what runs goes on.
 */
#ifndef WATCH_H
#define WATCH_H

struct run;
struct run_program;
struct watch;

/* PROGRAM, the only one of RUN, is the file's. NULL with a sentence said. */
struct watch *watch_new(struct run *run, const struct run_program *program);

/* From time to time: says it when the file is gone. Null-safe. */
void watch_check(struct watch *w);

/* No more exchange: before hooks are detached. Null-safe. */
void watch_stop(struct watch *w);

/* Null-safe. */
void watch_free(struct watch *w);

#endif
