// SPDX-License-Identifier: GPL-2.0
#include "compile/image_sound.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define CALL_BY_REGISTER (BPF_JMP | BPF_CALL | BPF_X)

static bool name_is_sound(const char *s)
{
	if (!isalpha((unsigned char)*s) && *s != '_')
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

static bool is_clean(const char *s)
{
	return !s || text_is_clean(s, "\n");
}

static bool map_is_sound(const struct image *img, size_t i)
{
	const struct image_map *m = &img->maps[i];
	const struct image_types *t = &img->types[i];

	if (m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && m->max_entries)
		return false;
	return name_is_sound(m->name) &&
	       image_find_map(img, m->name) == (int)i && is_clean(t->key) &&
	       is_clean(t->value) && is_clean(t->event);
}

/*
 * A map is one of the image's: a bare descriptor, in whatever way it is said,
 * would be one of the process that loads the program.
 */
static bool load_is_sound(const struct image *img, const struct bpf_insn *in)
{
	if (in->src_reg == BPF_PSEUDO_MAP_FD)
		return in->imm >= 0 && (size_t)in->imm < img->nr_maps;
	return !in->src_reg || in->src_reg == BPF_PSEUDO_FUNC;
}

/* A kernel function of a module would be found by a descriptor, too. */
static bool call_is_sound(const struct bpf_insn *in)
{
	if (in->src_reg == BPF_PSEUDO_KFUNC_CALL)
		return !in->off;
	return !in->src_reg || in->src_reg == BPF_PSEUDO_CALL;
}

static bool insns_are_sound(const struct image *img, const struct image_prog *p)
{
	size_t i;

	for (i = 0; i < p->nr_insns; i++) {
		const struct bpf_insn *in = &p->insns[i];

		if (in->code == (BPF_LD | BPF_DW | BPF_IMM)) {
			if (++i == p->nr_insns || !load_is_sound(img, in))
				return false;
		} else if (in->code == (BPF_JMP | BPF_CALL)) {
			if (!call_is_sound(in))
				return false;
		} else if (in->code == CALL_BY_REGISTER) {
			return false;
		}
	}
	return p->nr_insns > 0 && p->nr_insns <= IMAGE_INSNS;
}

static bool infos_fit(const struct image_prog *p)
{
	return (!p->func_info ||
		p->func_info_size / p->func_info_rec <= p->nr_insns) &&
	       (!p->line_info ||
		p->line_info_size / p->line_info_rec <= p->nr_insns);
}

static bool prog_is_sound(const struct image *img, size_t i)
{
	const struct image_prog *p = &img->progs[i];
	size_t j;

	for (j = 0; j < i; j++)
		if (!strcmp(img->progs[j].name, p->name))
			return false;
	return name_is_sound(p->name) && infos_fit(p) &&
	       insns_are_sound(img, p);
}

bool image_is_sound(const struct image *img)
{
	size_t i;

	for (i = 0; i < img->nr_maps; i++)
		if (!map_is_sound(img, i))
			return false;
	for (i = 0; i < img->nr_progs; i++)
		if (!prog_is_sound(img, i))
			return false;
	for (i = 0; i < img->nr_kfuncs; i++)
		if (!name_is_sound(img->kfuncs[i].name))
			return false;
	return img->nr_progs && img->license && text_is_clean(img->license, "");
}
