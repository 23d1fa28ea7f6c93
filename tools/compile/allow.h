/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a compiled program may do. The text may be anyone's, and a child that
 * was taken over may answer with any image: so this is asked of every image,
 * compiled just now or kept, before the kernel sees it.
 */
#ifndef ALLOW_H
#define ALLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compile/image.h"

struct allow {
	const char *text; /* that the image was compiled from */
	/* Any helper, any map that BCC can make: the program is run for what it
	 * does. Else it may only look at the machine. */
	bool may_change;
	/* Programs are attached where their names say: these are asked for in
	 * the text, see named.h. */
	bool has_targets;
	uint64_t maps_bytes; /* all maps together may take so much memory */
};

/*
 * 0, or -EACCES with a sentence in ERR that names the helper, kernel function,
 * map or program. Linear in the size of IMG and of the text. Pure.
 */
int allow_image(const struct image *img, const struct allow *a, char *err,
		size_t err_size);

/* allow.maps_bytes: half of this machine's memory. */
uint64_t allow_maps_bytes(void);

/* The parts of allow_image(): what programs call, and which maps there are. */
int allow_calls(const struct image *img, char *err, size_t err_size);
int allow_maps(const struct image *img, const struct allow *a, char *err,
	       size_t err_size);

#endif
