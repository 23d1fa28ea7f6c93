// SPDX-License-Identifier: GPL-2.0
#include "kernel/load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "compile/typed.h"
#include "kernel/in_way.h"
#include "kernel/verifier.h"
#include "maps.h"

/* The kernel takes no more (BPF_MAXINSNS states can fill it). */
#define LOG_SIZE (16u << 20)
#define LOG_STATS 4 /* BPF_LOG_STATS of linux/bpf_verifier.h */

/*
 * Before 6.1 a program that runs anywhere, as those of tracepoints do, may
 * deadlock when a hash map allocates. A program for perf events is refused such
 * a map there: ask with one. Only looks its map up, never runs.
 */
static bool is_growing_safe(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "probe", 4, 4, 1, &opts);
	const struct bpf_insn look_up[] = {
		{.code = BPF_ST | BPF_MEM | BPF_W,
		 .dst_reg = BPF_REG_10,
		 .off = -4},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X,
		 .dst_reg = BPF_REG_2,
		 .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K,
		 .dst_reg = BPF_REG_2,
		 .imm = -4},
		{.code = BPF_LD | BPF_DW | BPF_IMM,
		 .dst_reg = BPF_REG_1,
		 .src_reg = BPF_PSEUDO_MAP_FD,
		 .imm = fd},
		{},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int prog;

	if (fd < 0)
		return false;
	prog = bpf_prog_load(BPF_PROG_TYPE_PERF_EVENT, "probe", "GPL", look_up,
			     sizeof(look_up) / sizeof(*look_up), NULL);
	close(fd);
	if (prog < 0)
		return false;
	close(prog);
	return true;
}

/* Flags of M, without what this kernel does only at a risk. */
static uint32_t map_flags(const struct image_map *m)
{
	static int is_safe = -1;

	if (m->type != BPF_MAP_TYPE_HASH || !(m->flags & BPF_F_NO_PREALLOC))
		return m->flags;
	if (is_safe < 0)
		is_safe = is_growing_safe();
	return is_safe ? m->flags : m->flags & ~BPF_F_NO_PREALLOC;
}

static bool is_map_of_maps(const struct image_map *m)
{
	return m->type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       m->type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

/* INNER: what a map of maps holds is like, or -1. */
static int map_make(const struct image_map *m, unsigned entries, int inner)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = map_flags(m));
	char name[BPF_OBJ_NAME_LEN];
	int fd;

	/* What they hold is not a part of an image. */
	if (is_map_of_maps(m) && inner < 0)
		return -EOPNOTSUPP;
	if (is_map_of_maps(m))
		opts.inner_map_fd = inner;
	if (m->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && !entries) {
		entries = libbpf_num_possible_cpus();
		if ((int)entries < 0)
			return entries;
	}
	snprintf(name, sizeof(name), "%.*s", (int)sizeof(name) - 1, m->name);
	fd = bpf_map_create(m->type, name, m->key_size, m->value_size, entries,
			    &opts);
	return fd < 0 ? -errno : fd;
}

/* A descriptor of its own for the map that SHARE has, or -ENOENT. */
static int map_share(const struct image_map *m, const struct loaded *share,
		     bool with_stats)
{
	int i = share ? image_find_map(share->img, m->name) : -ENOENT;
	int fd;

	if (i < 0 || (!with_stats && !strcmp(m->name, MAP_STATS)) ||
	    memcmp(m, &share->img->maps[i], sizeof(*m)))
		return -ENOENT;
	fd = fcntl(share->map_fds[i], F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? -errno : fd;
}

static unsigned map_entries(const struct image_map *m,
			    const struct load_opts *opts)
{
	return opts->resize && !strcmp(opts->resize, m->name) ? opts->entries
							      : m->max_entries;
}

/* What the maps in M are like: the descriptor of another one, or -ENOENT. */
static int map_inner(const struct image_map *m, const struct loaded *l,
		     const struct load_opts *opts)
{
	int i = opts->outer && !strcmp(opts->outer, m->name)
			? image_find_map(l->img, opts->inner)
			: -ENOENT;

	return i < 0 ? i : l->map_fds[i];
}

static void map_fail(const struct image_map *m, int ret, struct load_error *err)
{
	char size[96] = "";
	const char *why =
		ret == -E2BIG	     ? "it is too large"
		: ret == -ENOMEM     ? "it is too large for the memory there is"
		: ret == -EOPNOTSUPP ? "a map of maps is not supported"
		: ret == -EPERM
			? "Operation not permitted (CAP_BPF, or "
			  "for maps that redirect CAP_NET_ADMIN, is needed)"
			: error_words(ret);

	if (ret == -E2BIG || ret == -ENOMEM)
		snprintf(size, sizeof(size),
			 ": %u entries, keys of %u bytes, values of %u",
			 m->max_entries, m->key_size, m->value_size);
	snprintf(err->text, sizeof(err->text),
		 "cannot make the BPF map %s: %s%s", m->name, why, size);
}

/* The descriptor of a map, another's or a new one; or -errno. */
static int map_get(const struct image_map *m, const struct loaded *l,
		   const struct load_opts *opts)
{
	int fd = map_share(m, opts->heir_of, true);

	if (fd == -ENOENT)
		fd = map_share(m, opts->share[0], false);
	if (fd == -ENOENT)
		fd = map_share(m, opts->share[1], false);
	if (fd == -ENOENT)
		fd = map_make(m, map_entries(m, opts), map_inner(m, l, opts));
	return fd;
}

/* Those that hold maps, or the others. */
static int maps_get(struct loaded *l, const struct load_opts *opts,
		    bool of_maps, struct load_error *err)
{
	const struct image *img = l->img;
	size_t i;
	int fd;

	for (i = 0; i < img->nr_maps; i++) {
		if (is_map_of_maps(&img->maps[i]) != of_maps)
			continue;
		if (opts->meanwhile)
			opts->meanwhile(opts->arg);
		fd = map_get(&img->maps[i], l, opts);
		if (fd < 0) {
			map_fail(&img->maps[i], fd, err);
			return fd;
		}
		l->map_fds[i] = fd;
	}
	return 0;
}

int load_maps(const struct image *img, struct loaded *l,
	      const struct load_opts *opts, struct load_error *err)
{
	static const struct load_opts none;
	size_t i;
	int ret;

	opts = opts ?: &none;
	memset(err, 0, sizeof(*err));
	l->img = img;
	for (i = 0; i < IMAGE_MAPS; i++)
		l->map_fds[i] = -1;
	ret = maps_get(l, opts, false, err);
	if (!ret)
		ret = maps_get(l, opts, true, err);
	if (ret)
		load_close(l);
	return ret;
}

bool load_map_fits(const struct image *img, const struct map_shape *shape)
{
	int i = image_find_map(img, shape->name);
	const struct image_map *m = &img->maps[i < 0 ? 0 : i];

	return i < 0 ||
	       (m->type == shape->type && m->key_size == shape->key_size &&
		(!shape->value_size || m->value_size == shape->value_size));
}

int load_map_fd(const struct loaded *l, const struct map_shape *shape)
{
	int i = image_find_map(l->img, shape->name);

	if (i < 0)
		return i;
	return load_map_fits(l->img, shape) ? l->map_fds[i] : -EINVAL;
}

int load_map_like(const struct loaded *l, const char *name, uint32_t entries)
{
	int i = image_find_map(l->img, name);

	return i < 0 ? i : map_make(&l->img->maps[i], entries, -1);
}

static const struct image_prog *prog_find(const struct image *img,
					  const char *name)
{
	size_t i;

	for (i = 0; i < img->nr_progs; i++)
		if (!strcmp(img->progs[i].name, name))
			return &img->progs[i];
	return NULL;
}

/* A program with this run's descriptors, as the kernel is to get it. */
struct ready {
	const struct image_prog *p;
	struct bpf_insn *insns; /* allocated */
	size_t nr;
};

/* 0, -ENOMEM, or what in_way_fit() returns. */
static int ready_make(struct ready *r, const struct loaded *l,
		      const struct image_prog *p, const struct load_as *as,
		      struct load_error *err)
{
	size_t i, size = p->nr_insns * sizeof(*r->insns);

	*r = (struct ready){.p = p, .nr = p->nr_insns};
	r->insns = malloc(size);
	if (!r->insns)
		return -ENOMEM;
	memcpy(r->insns, p->insns, size);
	for (i = 0; i < r->nr; i++) {
		struct bpf_insn *in = &r->insns[i];

		if (in->code != (BPF_LD | BPF_DW | BPF_IMM))
			continue;
		if (in->src_reg == BPF_PSEUDO_MAP_FD)
			in->imm = l->map_fds[in->imm];
		i++;
	}
	return as->is_in_way ? in_way_fit(l->img, p, as, &r->insns, &r->nr, err)
			     : 0;
}

/*
 * A typed tracepoint's program is of another type than a raw one's. Where it is
 * said to go elsewhere, it is loaded for that.
 */
static bool is_typed(const struct image_prog *p, const struct load_as *as)
{
	return as->type == BPF_PROG_TYPE_RAW_TRACEPOINT && p->btf_id &&
	       typed_name(p->name);
}

static int prog_try(const struct loaded *l, const struct ready *r,
		    const struct load_as *as, struct bpf_prog_load_opts *opts)
{
	enum bpf_prog_type type = as->type;
	char name[BPF_OBJ_NAME_LEN];
	int fd;

	opts->prog_flags = as->flags;
	opts->expected_attach_type = as->attach_type;
	opts->attach_btf_id = as->btf_id;
	if (is_typed(r->p, as)) {
		type = BPF_PROG_TYPE_TRACING;
		opts->expected_attach_type = BPF_TRACE_RAW_TP;
		opts->attach_btf_id = r->p->btf_id;
	}
	snprintf(name, sizeof(name), "%.*s", (int)sizeof(name) - 1,
		 as->name ?: r->p->name);
	fd = bpf_prog_load(type, name, l->img->license, r->insns, r->nr, opts);
	return fd < 0 ? -errno : fd;
}

/*
 * Why the kernel refuses a program: load it once more with its source lines
 * and a log. Neither is paid for when all goes well.
 */
static int prog_explain(const struct loaded *l, const struct ready *r,
			const struct load_as *as, struct load_error *err)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_level = 1,
		    .log_size = LOG_SIZE);
	const struct image *img = l->img;
	const struct image_prog *p = r->p;
	char *log = calloc(1, LOG_SIZE);
	struct strbuf text = {};
	int btf = -1, ret;

	if (!log)
		return -ENOMEM;
	opts.log_buf = log;
	if (img->btf && p->line_info)
		btf = bpf_btf_load(img->btf, img->btf_size, NULL);
	if (btf >= 0) {
		opts.prog_btf_fd = btf;
		opts.func_info = p->func_info;
		opts.func_info_rec_size = p->func_info_rec;
		opts.func_info_cnt =
			p->func_info_rec ? p->func_info_size / p->func_info_rec
					 : 0;
		opts.line_info = p->line_info;
		opts.line_info_rec_size = p->line_info_rec;
		opts.line_info_cnt = p->line_info_size / p->line_info_rec;
	}
	ret = prog_try(l, r, as, &opts);
	if (btf >= 0)
		close(btf);
	if (ret < 0 && *log) {
		verifier_explain(&text, log);
		err->detail = strbuf_take(&text, NULL);
	}
	free(log);
	return ret;
}

/* Whether ERR is about the program: the verifier has something to say. */
static bool is_refusal(int err)
{
	return err != -EPERM && err != -ENOMEM && err != -EMFILE &&
	       err != -ENFILE;
}

int load_prog(const struct loaded *l, const char *name,
	      const struct load_as *as, struct load_error *err)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	const struct image_prog *p = prog_find(l->img, name);
	struct ready r;
	int fd;

	memset(err, 0, sizeof(*err));
	if (!p) {
		snprintf(err->text, sizeof(err->text),
			 "the program has no function %s()", name);
		return -ENOENT;
	}
	if (!p->btf_id && typed_name(name)) {
		snprintf(err->text, sizeof(err->text),
			 "this kernel has no tracepoint %s", typed_name(name));
		return -ENOENT;
	}
	fd = ready_make(&r, l, p, as, err);
	if (!fd)
		fd = prog_try(l, &r, as, &opts);
	if (fd < 0 && is_refusal(fd) && !*err->text)
		fd = prog_explain(l, &r, as, err);
	free(r.insns);
	if (fd < 0 && *err->text)
		return fd;
	if (fd < 0 && !is_refusal(fd))
		snprintf(err->text, sizeof(err->text), "cannot load %s(): %s%s",
			 name, error_words(fd),
			 fd == -EPERM ? " (CAP_BPF or root is needed)" : "");
	else if (fd < 0)
		snprintf(err->text, sizeof(err->text),
			 "the kernel refuses %s(): %s", name, error_words(fd));
	return fd;
}

int load_prog_stats(const struct loaded *l, const char *name,
		    const struct load_as *as, char *log, size_t size)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_level = LOG_STATS,
		    .log_buf = log, .log_size = size);
	const struct image_prog *p = prog_find(l->img, name);
	struct load_error err;
	struct ready r;
	int fd;

	*log = 0;
	if (!p)
		return -ENOENT;
	fd = ready_make(&r, l, p, as, &err);
	if (!fd)
		fd = prog_try(l, &r, as, &opts);
	free(r.insns);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

void load_close(struct loaded *l)
{
	size_t i;

	for (i = 0; i < IMAGE_MAPS; i++) {
		if (l->map_fds[i] >= 0)
			close(l->map_fds[i]);
		l->map_fds[i] = -1;
	}
}
