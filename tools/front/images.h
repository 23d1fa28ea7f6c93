/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The texts of a run to images, all compiled at the same time but for what the
 * run can begin without.
 */
#ifndef IMAGES_H
#define IMAGES_H

#include "compile/compile.h"
#include "front/run.h"

/*
 * IMAGES gets an image for each of NR <= SESSION_PARTS + 1 PROGRAMS, REPORT the
 * sum of what they took. 0 or -errno. What went wrong has been said; the images
 * that there are must be freed in any case.
 */
int images_get(const struct run_opts *o, const struct run_program *programs,
	       size_t nr, struct image **images, struct compile_report *report);

/*
 * One more program P, that the run can do without. MEANWHILE is called each
 * millisecond, until it returns false: it is not wanted any more. NULL then, and
 * when it failed, which has been said.
 */
struct image *images_get_late(const struct run_opts *o,
			      const struct run_program *p,
			      bool (*meanwhile)(void *arg), void *arg);

/* IMG in the words of disasm.h, to stdout. 0, or -ENOMEM, which was said. */
int images_print_bytecode(const struct image *img);

/* What the compiler said, on stderr, and what of it is special to BPF. */
void images_detail_say(const char *talk);

#endif
