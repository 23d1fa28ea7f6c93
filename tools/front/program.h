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
	struct name_list ifnames;
	const char *netns;
	struct probe probes[IMAGE_PROGS]; /* said in words */
	size_t nr_probes;
	const char *defines[PROGRAM_DEFINES]; /* "NAME" or "NAME=VALUE" */
	size_t nr_defines;
	uint64_t count;	      /* lines of events and messages; 0: no end */
	uint64_t duration_ns; /* 0: likewise */
	uint64_t interval_ns; /* between two looks at the maps; 0: at the end */
	int output;	      /* 0: text, 1: JSON */
	int headers;	      /* enum headers_choice */
	uint32_t pages;	      /* of a perf buffer; 0: the default */
	uint32_t compile_limit_s;
	bool no_maps;
	bool no_cache;
	bool is_quiet;
	bool is_strict;
};

/* Run it until the end. The exit status; what went wrong has been said. */
int program_run(const struct program_opts *o);

/* Compile it and print the bytecode on stdout. The exit status. */
int program_print_bytecode(const struct program_opts *o);

#endif
