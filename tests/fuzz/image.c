// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as an image: with their own header, which the hash refuses, and
 * with one made to fit, so that the sections are looked at. What is accepted
 * must be sound, and read back the same when it is written again.
 *
 * Input: all that follows the header.
 */
#include "compile/image.c"

#include "../unit/image_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

/* SIZE bytes behind a header that fits them; allocated. */
static void *bytes_of(const uint8_t *data, size_t size)
{
	char *bytes = calloc(1, sizeof(struct head) + size);

	check(bytes);
	memcpy(bytes + sizeof(struct head), data, size);
	image_forge(bytes, sizeof(struct head) + size);
	return bytes;
}

static bool is_info_equal(const void *a, const void *b, size_t size)
{
	return !a == !b && (!a || !memcmp(a, b, size));
}

static bool is_text_equal(const char *a, const char *b)
{
	return !a == !b && (!a || !strcmp(a, b));
}

static void check_prog(const struct image_prog *a, const struct image_prog *b)
{
	check(!strcmp(a->name, b->name) && a->nr_insns == b->nr_insns);
	check(!memcmp(a->insns, b->insns, a->nr_insns * sizeof(*a->insns)));
	check(a->func_info_size == b->func_info_size &&
	      a->func_info_rec == b->func_info_rec);
	check(a->line_info_size == b->line_info_size &&
	      a->line_info_rec == b->line_info_rec);
	check(is_info_equal(a->func_info, b->func_info, a->func_info_size));
	check(is_info_equal(a->line_info, b->line_info, a->line_info_size));
}

static void check_equal(const struct image *a, const struct image *b)
{
	size_t i;

	check(a->nr_maps == b->nr_maps && a->nr_progs == b->nr_progs);
	check(!memcmp(a->maps, b->maps, sizeof(a->maps)));
	check(!strcmp(a->license, b->license) && a->btf_size == b->btf_size);
	check(is_info_equal(a->btf, b->btf, a->btf_size));
	for (i = 0; i < a->nr_maps; i++)
		check(is_text_equal(a->types[i].key, b->types[i].key) &&
		      is_text_equal(a->types[i].value, b->types[i].value) &&
		      is_text_equal(a->types[i].event, b->types[i].event));
	for (i = 0; i < a->nr_progs; i++)
		check_prog(&a->progs[i], &b->progs[i]);
}

static void check_again(const struct image *img)
{
	struct image *again;
	void *bytes;
	size_t size;

	check(!image_write(img, &bytes, &size));
	check(!image_read(bytes, size, &again));
	check_equal(img, again);
	image_free(again);
}

static void check_raw(const uint8_t *data, size_t size)
{
	void *copy = malloc(size);
	struct image *img;

	check(copy || !size);
	if (size)
		memcpy(copy, data, size);
	if (!image_read(copy, size, &img))
		image_free(img);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image *img = NULL;
	int ret;

	check_raw(data, size);
	ret = image_read(bytes_of(data, size), sizeof(struct head) + size,
			 &img);
	check(ret == 0 || ret == -EBADMSG);
	if (ret)
		return 0;
	check(image_holds(img, sizeof(struct head) + size));
	check_again(img);
	image_free(img);
	return 0;
}
