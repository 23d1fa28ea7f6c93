// SPDX-License-Identifier: GPL-2.0
#include "compile/bcc.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "compile/btf_ids.h"
#include "compile/fake_bpf.h"
#include "compile/image.h"
#include "compile/lines.h"

#define LIBBCC "libbcc.so.0"

/* The part of bcc_common.h that is used, found by name. */
static struct {
	void *(*module_create)(const char *text, unsigned flags,
			       const char *cflags[], int nr_cflags,
			       bool allow_rlimit, const char *dev_name);
	size_t (*num_functions)(void *mod);
	const char *(*function_name)(void *mod, size_t id);
	void *(*function_start)(void *mod, size_t id);
	size_t (*function_size)(void *mod, size_t id);
	char *(*license)(void *mod);
	size_t (*num_tables)(void *mod);
	const char *(*table_name)(void *mod, size_t id);
	int (*table_fd)(void *mod, size_t id);
	const char *(*key_desc)(void *mod, size_t id);
	const char *(*leaf_desc)(void *mod, size_t id);
	size_t (*event_fields)(void *mod, const char *event);
	const char *(*event_field)(void *mod, const char *event, size_t i);
	int (*func_load)(void *mod, int type, const char *name,
			 const struct bpf_insn *insns, int size,
			 const char *license, unsigned kern_version,
			 int log_level, char *log, unsigned log_size,
			 const char *dev_name, int attach_type);
} bcc;

static const struct {
	const char *name;
	void *to;
} symbols[] = {
	{"bpf_module_create_c_from_string", &bcc.module_create},
	{"bpf_num_functions", &bcc.num_functions},
	{"bpf_function_name", &bcc.function_name},
	{"bpf_function_start_id", &bcc.function_start},
	{"bpf_function_size_id", &bcc.function_size},
	{"bpf_module_license", &bcc.license},
	{"bpf_num_tables", &bcc.num_tables},
	{"bpf_table_name", &bcc.table_name},
	{"bpf_table_fd_id", &bcc.table_fd},
	{"bpf_table_key_desc_id", &bcc.key_desc},
	{"bpf_table_leaf_desc_id", &bcc.leaf_desc},
	{"bpf_perf_event_fields", &bcc.event_fields},
	{"bpf_perf_event_field", &bcc.event_field},
	{"bcc_func_load", &bcc.func_load},
};

const char *bcc_library(void)
{
	static const char *const dirs[] = {
#ifdef __x86_64__
		"/usr/lib/x86_64-linux-gnu",
#else
		"/usr/lib/aarch64-linux-gnu",
#endif
		"/usr/local/lib64",
		"/usr/local/lib",
		"/usr/lib64",
		"/usr/lib",
	};
	static char path[PATH_MAX];
	char name[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(name, sizeof(name), "%s/" LIBBCC, dirs[i]);
		if (realpath(name, path))
			return path;
	}
	return NULL;
}

int bcc_load(void)
{
	void *lib;
	size_t i;

	errno = 0;
	lib = dlopen(LIBBCC, RTLD_LAZY | RTLD_LOCAL);
	if (!lib && errno == ENOMEM)
		return -ENOMEM;
	if (!lib) {
		fprintf(stderr, "%s\n", dlerror());
		return -ENOENT;
	}
	for (i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *p = dlsym(lib, symbols[i].name);

		if (!p) {
			fprintf(stderr, LIBBCC " has no %s()\n",
				symbols[i].name);
			return -ENOENT;
		}
		memcpy(symbols[i].to, &p, sizeof(p));
	}
	return 0;
}

static bool is_short; /* of memory: the image would lack something */

static void *copy(const void *p, size_t size)
{
	void *to = p && size ? malloc(size) : NULL;

	is_short |= p && size && !to;
	return to ? memcpy(to, p, size) : NULL;
}

/* The fields of the struct that goes into the buffer NAME, a line each. */
static char *event_collect(void *mod, const char *name)
{
	size_t i, nr = bcc.event_fields(mod, name);
	struct strbuf b = {};

	if (!nr)
		return NULL;
	for (i = 0; i < nr; i++)
		strbuf_printf(&b, "%s\n", bcc.event_field(mod, name, i) ?: "");
	is_short |= b.err != 0;
	return strbuf_take(&b, NULL);
}

static void types_collect(void *mod, size_t i, struct image_types *t)
{
	t->key = bcc.key_desc(mod, i);
	t->value = bcc.leaf_desc(mod, i);
	t->event = event_collect(mod, bcc.table_name(mod, i));
}

static bool name_fits(const char *what, const char *name)
{
	if (strlen(name) < IMAGE_NAME)
		return true;
	fprintf(stderr, "the name of %s %s is longer than %d characters\n",
		what, name, IMAGE_NAME - 1);
	return false;
}

static int license_collect(void *mod, struct image *img)
{
	img->license = bcc.license(mod) ?: "GPL";
	if (!*img->license) {
		fprintf(stderr, "BPF_LICENSE is empty\n");
		return -EINVAL;
	}
	if (strlen(img->license) < IMAGE_LICENSE)
		return 0;
	fprintf(stderr,
		"BPF_LICENSE is longer than %d characters, and the kernel "
		"reads no more\n",
		IMAGE_LICENSE - 1);
	return -E2BIG;
}

static int maps_collect(void *mod, struct image *img)
{
	size_t i, nr = bcc.num_tables(mod);

	if (nr > IMAGE_MAPS) {
		fprintf(stderr, "%zu maps, %d at most\n", nr, IMAGE_MAPS);
		return -E2BIG;
	}
	for (i = 0; i < nr; i++) {
		const union bpf_attr *made =
			fake_bpf_attr(bcc.table_fd(mod, i), BPF_MAP_CREATE);
		struct image_map *m = &img->maps[i];

		if (!name_fits("the map", bcc.table_name(mod, i)))
			return -E2BIG;
		if (!made) {
			fprintf(stderr, "%s is a map of another program\n",
				bcc.table_name(mod, i));
			return -EINVAL;
		}
		snprintf(m->name, sizeof(m->name), "%s",
			 bcc.table_name(mod, i));
		m->type = made->map_type;
		m->key_size = made->key_size;
		m->value_size = made->value_size;
		m->max_entries = made->max_entries;
		m->flags = made->map_flags;
		if (m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			m->max_entries = 0;
		types_collect(mod, i, &img->types[i]);
	}
	img->nr_maps = nr;
	return 0;
}

static int map_index(void *mod, int fd)
{
	size_t i, nr = bcc.num_tables(mod);

	for (i = 0; i < nr; i++)
		if (bcc.table_fd(mod, i) == fd)
			return i;
	return -1;
}

/* Descriptors of this process become indices of the image. */
static int insns_relate(void *mod, struct bpf_insn *in, size_t nr)
{
	size_t i;

	for (i = 0; i + 1 < nr; i++) {
		if (in[i].code != (BPF_LD | BPF_DW | BPF_IMM))
			continue;
		if (in[i].src_reg == BPF_PSEUDO_MAP_FD) {
			in[i].imm = map_index(mod, in[i].imm);
			if (in[i].imm < 0)
				return -EINVAL;
		}
		i++;
	}
	return 0;
}

/*
 * libbcc keeps the types and source lines of a program to itself and shows
 * them only to the kernel, with BPF_PROG_LOAD. Where it does not, the image has
 * no source lines, and nothing else changes.
 */
static void lines_collect(int fd, struct image_prog *p, struct image *img)
{
	const union bpf_attr *prog = fake_bpf_attr(fd, BPF_PROG_LOAD);
	const union bpf_attr *btf =
		prog ? fake_bpf_attr(prog->prog_btf_fd, BPF_BTF_LOAD) : NULL;

	if (!btf)
		return;
	p->func_info_rec = prog->func_info_rec_size;
	p->func_info_size = (size_t)prog->func_info_cnt * p->func_info_rec;
	p->func_info =
		copy((void *)(uintptr_t)prog->func_info, p->func_info_size);
	p->line_info_rec = prog->line_info_rec_size;
	p->line_info_size = (size_t)prog->line_info_cnt * p->line_info_rec;
	p->line_info =
		copy((void *)(uintptr_t)prog->line_info, p->line_info_size);
	if (img->btf)
		return;
	img->btf = copy((void *)(uintptr_t)btf->btf, btf->btf_size);
	img->btf_size = btf->btf_size;
}

static int prog_collect(void *mod, size_t i, struct image *img)
{
	struct image_prog *p = &img->progs[i];
	size_t size = bcc.function_size(mod, i);
	struct bpf_insn *insns = copy(bcc.function_start(mod, i), size);
	int fd;

	if (!insns)
		return -ENOMEM;
	p->name = bcc.function_name(mod, i);
	p->insns = insns;
	p->nr_insns = size / sizeof(*insns);
	if (!name_fits("the function", p->name))
		return -E2BIG;
	fd = bcc.func_load(mod, BPF_PROG_TYPE_SOCKET_FILTER, p->name,
			   bcc.function_start(mod, i), size, img->license, 0, 0,
			   NULL, 0, NULL, -1);
	lines_collect(fd, p, img);
	if (fd >= 0)
		close(fd);
	btf_ids_call(insns, p->nr_insns);
	return insns_relate(mod, insns, p->nr_insns);
}

static int progs_collect(void *mod, struct image *img)
{
	size_t i, nr = bcc.num_functions(mod);
	int err;

	if (!nr || nr > IMAGE_PROGS) {
		fprintf(stderr,
			"%zu functions that are not static: from 1 to "
			"%d can be programs\n",
			nr, IMAGE_PROGS);
		return -EINVAL;
	}
	for (i = 0; i < nr; i++) {
		err = prog_collect(mod, i, img);
		if (err)
			return err;
	}
	img->nr_progs = nr;
	return 0;
}

/*
 * In SIZE bytes of BTF at P, the text's name in place of libbcc's. What is too
 * long for that keeps its end.
 */
static void btf_rename(const void *p, size_t size, const char *name)
{
	const size_t room = strlen(BCC_TEXT_NAME);
	size_t len = strlen(name);
	char *at = p ? memmem(p, size, BCC_TEXT_NAME, room + 1) : NULL;

	if (at)
		strcpy(at, len > room ? name + len - room : name);
}

/* The process ends after this: what was collected is not given back. */
int bcc_compile(const char *text, const char *name, void **bytes, size_t *size)
{
	/* A misspelt function would become a call to nowhere. */
	const char *cflags[] = {"-Werror=implicit-function-declaration",
				/* Kernels from 7.x on have members that are
				 * tagged structs without a name. */
				"-fms-extensions", "-Wno-microsoft-anon-tag"};
	void *mod = bcc.module_create(text, 0, cflags, 3, false, NULL);
	struct image *img;
	int err;

	if (!mod)
		return -EINVAL;
	img = calloc(1, sizeof(*img));
	if (!img)
		return -ENOMEM;
	err = license_collect(mod, img);
	if (!err)
		err = maps_collect(mod, img);
	if (!err)
		err = progs_collect(mod, img);
	if (err)
		return err;
	btf_rename(img->btf, img->btf_size, name);
	err = lines_renumber(img, text);
	if (!err)
		err = is_short || fake_bpf_was_short()
			      ? -ENOMEM
			      : image_write(img, bytes, size);
	if (err == -E2BIG)
		fprintf(stderr, "it compiles to more than %u MiB\n",
			IMAGE_MAX >> 20);
	return err;
}
