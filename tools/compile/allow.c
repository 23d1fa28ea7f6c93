// SPDX-License-Identifier: GPL-2.0
#include "compile/allow.h"

#include <errno.h>
#include <stdio.h>

#include "compile/named.h"

_Static_assert(IMAGE_PROGS <= NAMED_MAX, "room for each");

/* Programs that are attached by a name say so in front of it. */
static int names_check(const struct image *img, const char *text, char *err,
		       size_t err_size)
{
	const char *names[IMAGE_PROGS], *wrong;
	size_t i, nr = 0;

	for (i = 0; i < img->nr_progs; i++)
		if (named_target(img->progs[i].name))
			names[nr++] = img->progs[i].name;
	wrong = named_missing(text, names, nr);
	if (!wrong)
		return 0;
	snprintf(err, err_size,
		 "the compiled program has a function %s() that is not in its "
		 "text: write that name out, or RAW_TRACEPOINT_PROBE(%s)",
		 wrong, named_target(wrong));
	return -EACCES;
}

int allow_image(const struct image *img, const struct allow *a, char *err,
		size_t err_size)
{
	int ret = allow_maps(img, a, err, err_size);

	if (!ret && !a->may_change)
		ret = allow_calls(img, err, err_size);
	if (!ret && a->has_targets)
		ret = names_check(img, a->text, err, err_size);
	return ret;
}
