/* SPDX-License-Identifier: GPL-2.0 */
/* Programs that earlier starts compiled, in the cache. */
#ifndef KEPT_H
#define KEPT_H

#include <stdbool.h>

#include "base/hash.h"
#include "compile/child.h"
#include "compile/compile.h"
#include "compile/image.h"

/* The name of what OPTS make: of all that the image depends on. */
void kept_name(const struct compile_opts *opts, char name[HASH_TEXT]);

/* A descriptor of the cache, or -1 after one warning, if that is wanted. */
int kept_open(bool want_warning);

/*
 * The image NAME, made of OPTS, or NULL, after a warning where it is there but
 * no good, or not allowed.
 */
struct image *kept_load(int cache, const char *name,
			const struct compile_opts *opts);

/* Keep RES's bytes as NAME; a warning, if that is wanted, where it cannot. */
void kept_store(int cache, const char *name, const struct child_result *res,
		bool want_warning);

#endif
