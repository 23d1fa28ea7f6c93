/* SPDX-License-Identifier: GPL-2.0 */
/* Whether the parts of an image fit each other and are fit to be printed. */
#ifndef IMAGE_SOUND_H
#define IMAGE_SOUND_H

#include "compile/image.h"

/*
 * For image_read(), when all of IMG's pointers and lengths are right: each name
 * is a C name that nothing else of its kind has, descriptions are printable, no
 * instruction refers to what the image does not have (another map, a descriptor
 * of the process that loads it), and there are no more records of lines and
 * functions than instructions. Linear in the size of the image. Pure.
 */
bool image_is_sound(const struct image *img);

#endif
