/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For what includes compile/image.c: images with a hash that fits, whatever is
 * in them, and what must hold for any image that was read.
 */
#ifndef IMAGE_CHECK_H
#define IMAGE_CHECK_H

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Make the header right for SIZE bytes of which it is a part. */
static inline void image_forge(void *bytes, size_t size)
{
	struct head head = {
		.magic = IMAGE_MAGIC,
		.version = IMAGE_FORMAT,
		.size = size,
		.hash = body_hash(bytes, size),
	};

	memcpy(bytes, &head, sizeof(head));
}

/* LEN bytes at P are the image's own. */
static inline bool is_inside(const struct image *img, size_t size,
			     const void *p, size_t len)
{
	const char *start = img->bytes, *at = p;

	return at >= start && at <= start + size && len <= size &&
	       (size_t)(at - start) <= size - len;
}

/* A C name, and so nothing that a terminal would obey. */
static inline bool is_c_name(const char *s)
{
	const char *p = s;

	while (isalnum((unsigned char)*p) || *p == '_')
		p++;
	return p > s && !*p && !isdigit((unsigned char)*s);
}

/* A text of up to MAX bytes with its NUL, not empty */
static inline bool is_name(const struct image *img, size_t size, const char *s,
			   size_t max)
{
	size_t room = (const char *)img->bytes + size - s, len;

	if (!is_inside(img, size, s, 1))
		return false;
	len = strnlen(s, room < max ? room : max);
	return len > 0 && len < room && len < max;
}

static inline bool is_info(const struct image *img, size_t size, const void *p,
			   size_t len, uint32_t rec)
{
	return !p || (is_inside(img, size, p, len) && rec && len % rec == 0);
}

static inline bool is_ended(const struct image *img, size_t size, const char *s)
{
	return !s || (is_inside(img, size, s, 1) &&
		      memchr(s, 0, (const char *)img->bytes + size - s));
}

/* Only maps that are there have types. */
static inline bool are_types(const struct image *img, size_t size, size_t i)
{
	const struct image_types *t = &img->types[i];

	if (i >= img->nr_maps)
		return !t->key && !t->value && !t->event;
	return is_ended(img, size, t->key) && is_ended(img, size, t->value) &&
	       is_ended(img, size, t->event);
}

/* Each 64-bit load is whole, and none refers to a map that is not there. */
static inline bool are_insns(const struct image *img, size_t size,
			     const struct image_prog *p)
{
	size_t i;

	if (!p->nr_insns || (uintptr_t)p->insns % 8 ||
	    !is_inside(img, size, p->insns, p->nr_insns * sizeof(*p->insns)))
		return false;
	for (i = 0; i < p->nr_insns; i++) {
		if (p->insns[i].code != 0x18) /* lddw */
			continue;
		if (p->insns[i].src_reg == 1 && /* a map's descriptor */
		    (uint32_t)p->insns[i].imm >= img->nr_maps)
			return false;
		if (p->insns[i].src_reg > 1 && p->insns[i].src_reg != 4)
			return false; /* no function */
		if (++i == p->nr_insns)
			return false;
	}
	return true;
}

static inline bool image_holds(const struct image *img, size_t size)
{
	size_t i;

	if (!img->nr_progs || img->nr_progs > IMAGE_PROGS ||
	    img->nr_maps > IMAGE_MAPS ||
	    !is_name(img, size, img->license, IMAGE_LICENSE) ||
	    (img->btf && !is_inside(img, size, img->btf, img->btf_size)))
		return false;
	for (i = 0; i < img->nr_maps; i++)
		if (!memchr(img->maps[i].name, 0, IMAGE_NAME) ||
		    !is_c_name(img->maps[i].name))
			return false;
	for (i = 0; i < IMAGE_MAPS; i++)
		if (!are_types(img, size, i))
			return false;
	for (i = 0; i < img->nr_progs; i++) {
		const struct image_prog *p = &img->progs[i];

		if (!is_name(img, size, p->name, IMAGE_NAME) ||
		    !is_c_name(p->name) || !are_insns(img, size, p) ||
		    !is_info(img, size, p->func_info, p->func_info_size,
			     p->func_info_rec) ||
		    !is_info(img, size, p->line_info, p->line_info_size,
			     p->line_info_rec))
			return false;
	}
	return true;
}

#endif
