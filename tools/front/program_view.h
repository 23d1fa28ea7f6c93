/* SPDX-License-Identifier: GPL-2.0 */
/* Events, messages and maps of a user's own program, shown. */
#ifndef PROGRAM_VIEW_H
#define PROGRAM_VIEW_H

#include "base/out.h"
#include "front/program.h"
#include "kernel/load.h"
#include "kernel/printk.h"

struct program_view;

/* TEXT and L must live as long. NULL on lack of memory. */
struct program_view *program_view_new(const struct run_opts *o,
				      const struct loaded *l, const char *text,
				      struct out *out);

/* Null-safe. */
void program_view_free(struct program_view *v);

/* SIZE bytes from the buffer number MAP; CPU -1: not known. */
void program_view_event(struct program_view *v, size_t map, int cpu,
			const void *raw, size_t size);

void program_view_message(struct program_view *v,
			  const struct printk_line *line);

/*
 * All maps that hold anything to be read; with WANT_TIME behind the time of
 * day. False when one could not be shown, which was said.
 */
bool program_view_maps(struct program_view *v, bool want_time);

/* The last record, for programs: people are told on stderr. */
void program_view_summary(struct program_view *v, uint64_t nr_shown,
			  uint64_t nr_lost);

#endif
