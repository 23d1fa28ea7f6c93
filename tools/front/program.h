/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A user's own BCC-style program, from its text to the last map: what
 * bpfrun-c does.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>

#include "front/run.h"
#include "kernel/probe.h"

#define PROGRAM_DEFINES 64

struct program_opts {
	const char *path;
	struct probe probes[IMAGE_PROGS]; /* said in words */
	size_t nr_probes;
	const char *defines[PROGRAM_DEFINES]; /* "NAME" or "NAME=VALUE" */
	size_t nr_defines;
	uint64_t interval_ns; /* between two looks at the maps; 0: at the end */
	bool no_maps;
};

/*
 * Run it until the end. 0, -EINVAL for wrong usage (a function that needs an
 * interface), -ENOBUFS when events were lost under --strict, or another -errno;
 * what went wrong has been said.
 */
int program_run(const struct program_opts *o, const struct run_opts *common);

/* Compile it and print the bytecode on stdout. 0 or -errno, said. */
int program_print_bytecode(const struct program_opts *o,
			   const struct run_opts *common);

#endif
