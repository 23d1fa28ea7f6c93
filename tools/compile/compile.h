/* SPDX-License-Identifier: GPL-2.0 */
/* Text to image: cache, header tree, compile child, in this order. */
#ifndef COMPILE_H
#define COMPILE_H

#include <stdbool.h>
#include <stdint.h>

#include "compile/headers.h"
#include "compile/image.h"

struct compile_opts {
	const char *text; /* the whole C text */
	const char *name; /* what its lines are called in diagnostics */
	enum headers_choice headers;
	bool want_cache;
	bool is_another;  /* what is wrong with the cache was said for a program
			  * before this one */
	bool may_change;  /* allow.h: it is run for what it does */
	bool has_targets; /* allow.h: programs go where their names say */
	unsigned limit_s; /* of the child */
};

/* What it took; times in ns, 0 for what was not done. */
struct compile_report {
	bool was_cached;
	uint64_t cache_ns;
	uint64_t headers_ns;
	uint64_t child_ns;
	size_t nr_types;
	bool is_btf;
};

struct compile_error {
	char text[512]; /* one sentence */
	char *detail;	/* the compiler's own lines, allocated, or NULL, as it
			 * is after a success */
};

struct compile_job;

/*
 * Begin: what the cache has is there at once, else a process of its own
 * compiles, so that several programs are compiled at the same time. OPTS and
 * its strings must live until compile_finish(). NULL on lack of memory.
 */
struct compile_job *compile_start(const struct compile_opts *opts);

/* Wait for JOB and free it; the results are those of compile(). */
int compile_finish(struct compile_job *job, struct image **img,
		   struct compile_report *report, struct compile_error *err);

/*
 * Readable once compile_finish() will not wait for the compiler. -1: it will
 * not anyway.
 */
int compile_fd(const struct compile_job *job);

/* Not wanted any more: end it and free it. Null-safe. */
void compile_cancel(struct compile_job *job);

/* Whether IMG, made of OPTS, may be used: as allow_image(). */
int compile_allow(const struct compile_opts *opts, const struct image *img,
		  char *err, size_t err_size);

/*
 * Both in one. 0 with *IMG the caller's, or -errno (see child.h, headers.h and
 * allow.h) with *ERR filled. Trouble with the cache is warned of once and costs a compilation.
 */
int compile(const struct compile_opts *opts, struct image **img,
	    struct compile_report *report, struct compile_error *err);

#endif
