/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an image says of the kernel's own types, by their numbers in its BTF:
 * the tracepoints that programs are for, and the functions that they call. The
 * child is not asked: where a program goes is not its business, and what a
 * function is called decides whether a program may call it.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include "compile/btf_raw.h"
#include "compile/image.h"

/* Room for the names that resolve_in() gives to kernel functions. */
struct resolve_names {
	char name[IMAGE_KFUNCS][IMAGE_NAME];
};

/*
 * Set the btf_id of programs of typed tracepoints, 0 where BTF (NULL: there is
 * none) has no such tracepoint, and name the kernel functions that IMG calls,
 * which point into NAMES. 0, or -ESRCH when it calls something that is no
 * function of BTF; -E2BIG beyond IMAGE_KFUNCS. Pure.
 */
int resolve_in(struct image *img, const struct btf_raw *btf,
	       struct resolve_names *names);

/*
 * The same for the child's image as bytes, by the BTF in the file PATH (NULL:
 * without): *BYTES becomes another allocation. 0; -EBADMSG for no image, or one
 * that has such numbers already; -errno of the above or of the file. *BYTES is
 * then freed and NULL.
 */
int resolve(void **bytes, size_t *size, const char *path);

#endif
