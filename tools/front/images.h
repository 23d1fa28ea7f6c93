/* SPDX-License-Identifier: GPL-2.0 */
/* The texts of a run to images, all compiled at the same time. */
#ifndef IMAGES_H
#define IMAGES_H

#include "compile/compile.h"
#include "front/run.h"

/*
 * IMAGES gets an image for each of NR <= SESSION_PARTS + 1 PROGRAMS, NULL for
 * one that the run can do without and that failed; REPORT the sum of what they
 * took. 0 or -errno. What went wrong has been said; the images that there are
 * must be freed in any case.
 */
int images_get(const struct run_opts *o, const struct run_program *programs,
	       size_t nr, struct image **images, struct compile_report *report);

/* What the compiler said, on stderr, and what of it is special to BPF. */
void images_detail_say(const char *talk);

#endif
