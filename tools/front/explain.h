/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --explain: each stage between the command line and a running program, a
 * screen for each, for people who have not seen one before. All goes to stdout,
 * flushed.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "compile/compile.h"
#include "front/run.h"

/* Options, macros and C text of the NR programs. */
void explain_texts(int argc, char *const *argv,
		   const struct run_program *programs, size_t nr);

/*
 * What became of one of them: header tree, compiler, bytecode. 0, or -ENOMEM
 * when something of it is missing.
 */
int explain_image(const struct run_program *program, const struct image *img,
		  const struct compile_report *report);

/* All is loaded and attached: verifier, maps, places. As explain_image(). */
int explain_session(const struct session *s);

/* The run is over: what the programs cost. */
void explain_costs(const struct session *s);

/* Where the packets' ways ended, the last of all. */
void explain_account(const struct summary *sum);

/* For --stats: what explain_costs() says, a line on stderr for each program. */
void costs_say(const struct session *s);

#endif
