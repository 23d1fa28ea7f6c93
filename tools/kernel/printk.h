/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What programs say with bpf_trace_printk(), in a trace instance of its own:
 * nothing is taken from whoever reads trace_pipe. An instance does not go with
 * its process; the next one removes those that are left.
 */
#ifndef PRINTK_H
#define PRINTK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "compile/image.h"

struct printk_line {
	uint64_t ts_ns; /* of the trace's clock; 0: not known */
	int pid;	/* whoever was running */
	int cpu;
	char comm[17];
	const char *text; /* valid during the call */
};

/* True: and no more of them. */
typedef bool (*printk_fn)(void *arg, const struct printk_line *line);

struct printk;

/* Whether a program of IMG calls bpf_trace_printk(). */
bool printk_is_used(const struct image *img);

/*
 * LINE of trace_pipe, which is overwritten, to what it says. One that is no
 * first line of an event is all text. Pure.
 */
void printk_parse(char *line, struct printk_line *out);

/* Read from now on, in LOOP. NULL with errno and a sentence in ERR. */
struct printk *printk_open(struct loop *loop, printk_fn fn, void *arg,
			   char *err, size_t err_size);

/* Give what is there. */
void printk_drain(struct printk *p);

/* Remove the instance. Null-safe. */
void printk_close(struct printk *p);

#endif
