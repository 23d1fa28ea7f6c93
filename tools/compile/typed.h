/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs of typed tracepoints (TYPED_TRACEPOINT_PROBE() in
 * bpf_src/common/kernel.h): the kernel wants the number of a type of its own.
 */
#ifndef TYPED_H
#define TYPED_H

#include "compile/btf_raw.h"
#include "compile/image.h"

/* The tracepoint that the program NAME is for, or NULL: it is not typed. */
const char *typed_name(const char *name);

/*
 * Set the btf_id of those of IMG, by BTF: 0 where that has no such tracepoint.
 * Pure.
 */
void typed_set_in(struct image *img, const struct btf_raw *btf);

/*
 * The same for an image as bytes, by the BTF in the file PATH: where there are
 * some, *BYTES is another allocation. 0; -EBADMSG for no image, -ENOMEM, or
 * -errno of the file, and then *BYTES is freed and NULL.
 */
int typed_set(void **bytes, size_t *size, const char *path);

#endif
