/* SPDX-License-Identifier: GPL-2.0 */
/* The text that is compiled for a user's own program, and its image. */
#ifndef PROGRAM_TEXT_H
#define PROGRAM_TEXT_H

#include "compile/image.h"
#include "front/program.h"

struct program_text {
	char *text;	 /* the macros of -D, the structs of its tracepoints,
			    * and behind them the file's own text */
	size_t nr_lines; /* before that */
	const char *own; /* part of text */
};

/* False with the reason said. */
bool program_text_read(struct program_text *t, const struct program_opts *o);

/* Harmless on a zeroed one. */
void program_text_free(struct program_text *t);

/*
 * T compiled; in what is said, and in the image's line info, lines have the
 * file's own numbers. NULL with the reason said.
 */
struct image *program_compile(const struct program_opts *o,
			      const struct run_opts *common,
			      const struct program_text *t);

/*
 * DETAIL, what a compiler says, with NR_LINES taken from the line numbers
 * behind "PATH:"; lines that are not the file's are "-D:LINE". Allocated. Pure.
 */
char *program_renumber(const char *detail, const char *path, size_t nr_lines);

#endif
