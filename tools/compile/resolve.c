// SPDX-License-Identifier: GPL-2.0
#include "compile/resolve.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "compile/btf_find.h"
#include "compile/btf_tree.h"
#include "compile/typed.h"

static void typed_set(struct image_prog *p, const struct btf_raw *btf)
{
	char type[IMAGE_NAME];

	snprintf(type, sizeof(type), "btf_trace_%s", typed_name(p->name));
	p->btf_id = btf_find_id(btf, BTF_KIND_TYPEDEF, type);
}

/* The next call of a kernel function in P from AT on, or NULL. */
static const struct bpf_insn *kfunc_next(const struct image_prog *p, size_t *at)
{
	while (*at < p->nr_insns) {
		const struct bpf_insn *in = &p->insns[(*at)++];

		if (in->code == (BPF_LD | BPF_DW | BPF_IMM))
			(*at)++;
		else if (in->code == (BPF_JMP | BPF_CALL) &&
			 in->src_reg == BPF_PSEUDO_KFUNC_CALL)
			return in;
	}
	return NULL;
}

static bool is_known(const struct image *img, uint32_t id)
{
	size_t i;

	for (i = 0; i < img->nr_kfuncs; i++)
		if (img->kfuncs[i].id == id)
			return true;
	return false;
}

static int kfunc_add(struct image *img, const struct btf_raw *btf, uint32_t id,
		     struct resolve_names *names)
{
	const struct btf_type *t = btf ? btf_raw_type(btf, id) : NULL;
	char *name;

	if (is_known(img, id))
		return 0;
	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_FUNC)
		return -ESRCH;
	if (img->nr_kfuncs == IMAGE_KFUNCS)
		return -E2BIG;
	name = names->name[img->nr_kfuncs];
	snprintf(name, IMAGE_NAME, "%s", btf_raw_name(btf, t->name_off));
	img->kfuncs[img->nr_kfuncs++] = (struct image_kfunc){id, name};
	return 0;
}

static int kfuncs_name(struct image *img, const struct image_prog *p,
		       const struct btf_raw *btf, struct resolve_names *names)
{
	const struct bpf_insn *in;
	size_t at = 0;
	int ret = 0;

	while (!ret && (in = kfunc_next(p, &at)))
		ret = kfunc_add(img, btf, in->imm, names);
	return ret;
}

int resolve_in(struct image *img, const struct btf_raw *btf,
	       struct resolve_names *names)
{
	size_t i;
	int ret = 0;

	for (i = 0; !ret && i < img->nr_progs; i++) {
		if (typed_name(img->progs[i].name))
			typed_set(&img->progs[i], btf);
		ret = kfuncs_name(img, &img->progs[i], btf, names);
	}
	return ret;
}

/* Most images have nothing of the sort, and BTF is large. */
static bool needs_btf(const struct image *img)
{
	size_t i;

	for (i = 0; i < img->nr_progs; i++)
		if (typed_name(img->progs[i].name) ||
		    kfunc_next(&img->progs[i], &(size_t){0}))
			return true;
	return false;
}

static int resolve_by_file(struct image *img, const char *path,
			   struct resolve_names *names)
{
	struct btf_file file;
	struct btf_raw btf = {};
	int ret = btf_file_open(&file, path);

	if (ret)
		return ret;
	ret = btf_raw_open(&btf, file.raw, file.size);
	if (!ret)
		ret = resolve_in(img, &btf, names);
	btf_raw_close(&btf);
	btf_file_close(&file);
	return ret;
}

int resolve(void **bytes, size_t *size, const char *path)
{
	struct resolve_names names;
	struct image *img = NULL;
	int ret = image_read(*bytes, *size, &img);

	*bytes = NULL;
	if (!ret && !image_is_bare(img))
		ret = -EBADMSG;
	if (!ret)
		ret = path && needs_btf(img)
			      ? resolve_by_file(img, path, &names)
			      : resolve_in(img, NULL, &names);
	if (!ret)
		ret = image_write(img, bytes, size);
	image_free(img);
	return ret;
}
