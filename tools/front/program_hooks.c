// SPDX-License-Identifier: GPL-2.0
#include "front/program_hooks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "compile/named.h"

static const struct probe *said_find(const struct program_opts *o,
				     const char *function)
{
	size_t i;

	for (i = 0; i < o->nr_probes; i++)
		if (!strcmp(o->probes[i].function, function))
			return &o->probes[i];
	return NULL;
}

static int fail(struct load_error *err)
{
	log_err("%s", err->text);
	if (err->detail)
		log_block(err->detail);
	free(err->detail);
	return -EIO;
}

/* Without a word of ours: by its name, if the text has it. */
static int named_plan(struct probe *p, const char *name, const char *text)
{
	char list[256];

	if (!probe_by_name(p, name)) {
		probe_list(list, sizeof(list));
		log_err("where %s() goes its name does not say: use -a "
			"%s=HOOK (%s or ARRAY[INDEX])",
			name, name, list);
		return -EIO;
	}
	if (named_in(text, name))
		return 0;
	log_err("the compiled program has a function %s() that is not in its "
		"text: where it goes must be said, -a %s=HOOK",
		name, name);
	return -EIO;
}

static int function_plan(struct program_hooks *h, const struct program_opts *o,
			 const struct run_opts *common, const char *name,
			 const char *text)
{
	struct probe *p = &h->probes[h->nr];
	const struct probe *said = said_find(o, name);
	struct load_error err;

	if (said)
		*p = *said;
	else if (named_plan(p, name, text))
		return -EIO;
	if (probe_type(p->kind)->wants_interface && !common->ifnames.nr) {
		log_err("%s() goes to %s: say which interface with -i", name,
			probe_type(p->kind)->name);
		return -EINVAL;
	}
	if (p->kind == PROBE_NONE)
		return 0;
	h->fds[h->nr++] = -1;
	return probe_resolve(p, &err) ? fail(&err) : 0;
}

/* A function that is named but not there is most likely misspelt. */
static int said_check(const struct program_opts *o, const struct image *img)
{
	size_t i, j;

	for (i = 0; i < o->nr_probes; i++) {
		for (j = 0; j < img->nr_progs; j++)
			if (!strcmp(img->progs[j].name, o->probes[i].function))
				break;
		if (j == img->nr_progs) {
			log_err("the program has no function %s()",
				o->probes[i].function);
			return -EIO;
		}
	}
	return 0;
}

int program_hooks_plan(struct program_hooks *h, const struct program_opts *o,
		       const struct run_opts *common, const struct image *img,
		       const char *text)
{
	int ret = said_check(o, img);
	size_t i;

	for (i = 0; !ret && i < img->nr_progs; i++)
		ret = function_plan(h, o, common, img->progs[i].name, text);
	if (!ret && !h->nr) {
		log_err("no function is to be attached");
		ret = -EIO;
	}
	return ret;
}

static bool uses_map(const struct image_prog *p, int map)
{
	size_t i;

	for (i = 0; i < p->nr_insns; i++) {
		const struct bpf_insn *in = &p->insns[i];

		if (in->code != (BPF_LD | BPF_DW | BPF_IMM))
			continue;
		if (in->src_reg == BPF_PSEUDO_MAP_FD && in->imm == map)
			return true;
		i++;
	}
	return false;
}

static bool calls_into(const struct image *img, const char *function, int map)
{
	size_t i;

	for (i = 0; i < img->nr_progs; i++)
		if (!strcmp(img->progs[i].name, function))
			return uses_map(&img->progs[i], map);
	return false;
}

/*
 * Entries of an array and their callers must be of one kind: where the first
 * goes that calls into TAIL's array, or else the first of all. NULL: nobody.
 */
static const struct probe *caller_of(const struct program_hooks *h,
				     const struct probe *tail)
{
	const struct image *img = h->maps->img;
	const struct probe *first = NULL;
	char name[IMAGE_NAME];
	unsigned index;
	size_t i;
	int map = -1;

	if (tail->kind == PROBE_TAIL &&
	    probe_tail_parse(tail->target, name, &index))
		map = image_find_map(img, name);
	for (i = 0; i < h->nr; i++) {
		if (h->probes[i].kind == PROBE_TAIL)
			continue;
		if (map >= 0 && calls_into(img, h->probes[i].function, map))
			return &h->probes[i];
		first = first ?: &h->probes[i];
	}
	return first;
}

/* Is P the only one that is attached? Then its failure is the program's. */
static bool is_alone(const struct program_hooks *h)
{
	size_t i, nr = 0;

	for (i = 0; i < h->nr; i++)
		nr += h->probes[i].kind != PROBE_TAIL;
	return nr == 1;
}

/* RET < 0 of probe I. 0 when the others can do without it. */
static int missing(const struct program_hooks *h, int ret,
		   struct load_error *err)
{
	if (ret != -EOPNOTSUPP || is_alone(h))
		return fail(err);
	log_warn("%s", err->text);
	free(err->detail);
	return 0;
}

int program_hooks_load(struct program_hooks *h, const struct loaded *maps)
{
	const struct probe *caller;
	struct load_error err;
	size_t i;
	int ret = 0;

	h->maps = maps;
	for (i = 0; !ret && i < h->nr; i++) {
		caller = caller_of(h, &h->probes[i]);
		if (!caller) {
			log_err("all functions go into arrays, and none calls "
				"them");
			return -EIO;
		}
		h->fds[i] = probe_load(maps, &h->probes[i], caller, &err);
		if (h->fds[i] < 0)
			ret = missing(h, h->fds[i], &err);
	}
	return ret;
}

static int one_attach(struct program_hooks *h, size_t i, const char *ifname)
{
	struct attachment *a = &h->at[h->nr_at];
	struct load_error err;
	int ret;

	if (h->nr_at == PROGRAM_ATTACHMENTS) {
		log_err("more than %d places to attach to",
			PROGRAM_ATTACHMENTS);
		return -EIO;
	}
	ret = probe_attach(a, &h->probes[i], h->fds[i], ifname, &h->where,
			   &err);
	if (ret)
		return missing(h, ret, &err);
	h->nr_at++;
	return 0;
}

/* On each interface that is named, or once. */
static int probe_spread(struct program_hooks *h, size_t i,
			const struct run_opts *o)
{
	bool is_packet = h->probes[i].kind == PROBE_SOCKET ||
			 probe_type(h->probes[i].kind)->wants_interface;
	size_t j;
	int ret = 0;

	if (!is_packet || !o->ifnames.nr)
		return one_attach(h, i, NULL);
	for (j = 0; !ret && j < o->ifnames.nr; j++)
		ret = one_attach(h, i, o->ifnames.name[j]);
	return ret;
}

/* Arrays first, so that no call misses. */
static int arrays_fill(struct program_hooks *h)
{
	struct load_error err;
	size_t i;

	for (i = 0; i < h->nr; i++)
		if (h->probes[i].kind == PROBE_TAIL &&
		    probe_put(h->maps, &h->probes[i], h->fds[i], &err))
			return fail(&err);
	return 0;
}

int program_hooks_attach(struct program_hooks *h, const struct run_opts *o)
{
	int ret = arrays_fill(h);
	size_t i;

	h->where.want_out = true;
	for (i = 0; !ret && i < h->nr; i++)
		if (h->fds[i] >= 0 && h->probes[i].kind != PROBE_TAIL)
			ret = probe_spread(h, i, o);
	if (!ret && !h->nr_at) {
		log_err("this kernel has none of the hooks");
		ret = -EIO;
	}
	return ret;
}

void program_hooks_list(const struct program_hooks *h, char *text, size_t size)
{
	size_t i, len = 0;

	*text = 0;
	for (i = 0; i < h->nr_at && len < size; i++) {
		const struct attachment *a = &h->at[i];
		const char *where =
			*a->probe->target ? a->probe->target : a->hook.ifname;

		len += snprintf(text + len, size - len, "%s%s() at %s%s%s",
				i ? ", " : "", a->probe->function,
				probe_type(a->probe->kind)->name,
				*where ? " " : "", where);
	}
}

void program_hooks_say_passed(const struct program_hooks *h)
{
	size_t i;

	for (i = 0; i < h->nr_at; i++)
		if (h->at[i].probe->kind == PROBE_SOCKET)
			log_info("%s() let %u packets through",
				 h->at[i].probe->function,
				 probe_nr_passed(&h->at[i]));
}

void program_hooks_detach(struct program_hooks *h)
{
	size_t i;

	for (i = 0; i < h->nr_at; i++)
		probe_detach(&h->at[i], &h->where);
}

void program_hooks_close(struct program_hooks *h)
{
	size_t i;

	program_hooks_detach(h);
	for (i = 0; i < h->nr; i++) {
		probe_release(&h->probes[i]);
		if (h->fds[i] >= 0)
			close(h->fds[i]);
	}
	h->nr = 0;
}
