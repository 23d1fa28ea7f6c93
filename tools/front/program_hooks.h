/* SPDX-License-Identifier: GPL-2.0 */
/* The functions of a user's own program: where each goes, and there. */
#ifndef PROGRAM_HOOKS_H
#define PROGRAM_HOOKS_H

#include "front/program.h"
#include "kernel/probe_attach.h"

#define PROGRAM_ATTACHMENTS (IMAGE_PROGS * 4)

struct program_hooks {
	struct hook_where where;
	const struct loaded *maps;
	struct probe probes[IMAGE_PROGS];
	int fds[IMAGE_PROGS]; /* of the programs; -1: not loaded */
	size_t nr;	      /* of both */
	struct attachment at[PROGRAM_ATTACHMENTS];
	size_t nr_at;
};

/*
 * Where each function of IMG goes, by what O says, else by its name, which then
 * must be one that TEXT has; the files of uprobes are searched. 0, -EINVAL for
 * one that needs an interface where COMMON names none, or another -errno, said.
 */
int program_hooks_plan(struct program_hooks *h, const struct program_opts *o,
		       const struct run_opts *common, const struct image *img,
		       const char *text);

/* All programs, with these maps; nothing is attached yet. 0 or -errno, said. */
int program_hooks_load(struct program_hooks *h, const struct loaded *maps);

/*
 * Put them there. What the kernel has no hook for is warned of, and fails only
 * when nothing else is left. Likewise.
 */
int program_hooks_attach(struct program_hooks *h, const struct run_opts *o);

/* "count() at kprobe tcp_v4_connect, drop() at xdp lo": what is attached. */
void program_hooks_list(const struct program_hooks *h, char *text, size_t size);

/* What socket filters let through, one line each. Before they are detached. */
void program_hooks_say_passed(const struct program_hooks *h);

/* No program runs any more. May be called twice. */
void program_hooks_detach(struct program_hooks *h);

/* Harmless after a failed plan. */
void program_hooks_close(struct program_hooks *h);

#endif
