// SPDX-License-Identifier: GPL-2.0
#include "compile/typed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/btf_find.h"
#include "compile/btf_tree.h"

#define PREFIX "raw_tracepoint__typed__"

const char *typed_name(const char *name)
{
	size_t len = strlen(PREFIX);

	return strncmp(name, PREFIX, len) ? NULL : name + len;
}

void typed_set_in(struct image *img, const struct btf_raw *btf)
{
	char type[IMAGE_NAME];
	size_t i;

	for (i = 0; i < img->nr_progs; i++) {
		struct image_prog *p = &img->progs[i];

		if (!typed_name(p->name))
			continue;
		snprintf(type, sizeof(type), "btf_trace_%s",
			 typed_name(p->name));
		p->btf_id = btf_find_id(btf, BTF_KIND_TYPEDEF, type);
	}
}

static bool has_typed(const struct image *img)
{
	size_t i;

	for (i = 0; i < img->nr_progs; i++)
		if (typed_name(img->progs[i].name))
			return true;
	return false;
}

static int set_by_file(struct image *img, const char *path)
{
	struct btf_file file;
	struct btf_raw btf = {};
	int err = btf_file_open(&file, path);

	if (err)
		return err;
	err = btf_raw_open(&btf, file.raw, file.size);
	if (!err)
		typed_set_in(img, &btf);
	btf_raw_close(&btf);
	btf_file_close(&file);
	return err;
}

int typed_set(void **bytes, size_t *size, const char *path)
{
	struct image *img;
	int err = image_read(*bytes, *size, &img);

	*bytes = NULL;
	if (err)
		return err;
	if (!has_typed(img)) {
		*bytes = img->bytes;
		img->bytes = NULL;
	} else {
		err = set_by_file(img, path);
		if (!err)
			err = image_write(img, bytes, size);
	}
	image_free(img);
	return err;
}
