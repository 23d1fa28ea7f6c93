// SPDX-License-Identifier: GPL-2.0
#include "compile/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/stop.h"
#include "compile/btf_ids.h"
#include "compile/btf_tree.h"
#include "compile/embed.h"
#include "compile/kconfig.h"
#include "compile/recipe.h"
#include "compile/stubs.h"
#include "compile/tree_dir.h"

#define KERNEL_H "include/tree/kernel.h"
#define STATE "state"
#define STATE_MAX (64u << 20) /* bytes; a key names words of a text */

/* What libbcc's helpers.h, bpf.h and proto.h include. */
static const char *const stubs[] = {
	"asm/page.h",
	"linux/bpf_common.h",
	"linux/log2.h",
	"linux/types.h",
	"linux/version.h",
	"uapi/linux/bpf.h",
	"uapi/linux/if_ether.h",
	"uapi/linux/if_packet.h",
};

#define NR_STUBS (sizeof(stubs) / sizeof(*stubs))

static void print_version(struct strbuf *b)
{
	unsigned major = 0, minor = 0, patch = 0;
	struct timespec tick;
	struct utsname u;

	if (!uname(&u))
		sscanf(u.release, "%u.%u.%u", &major, &minor, &patch);
	/* linux/version.h has room for 255 patches. */
	strbuf_printf(b, "#define LINUX_VERSION_CODE %u\n",
		      major << 16 | minor << 8 | (patch > 255 ? 255 : patch));
	strbuf_str(b,
		   "#define KERNEL_VERSION(a, b, c) \\\n"
		   "\t(((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))\n");
	/* The kernel's coarse clock ticks with its jiffies. */
	if (!clock_getres(CLOCK_MONOTONIC_COARSE, &tick) && tick.tv_nsec)
		strbuf_printf(b, "#define HZ %ld\n",
			      1000000000L / tick.tv_nsec);
	strbuf_printf(b, "#define PAGE_SIZE %ldUL\n", sysconf(_SC_PAGESIZE));
	strbuf_printf(b, "#define PAGE_SHIFT %d\n\n",
		      __builtin_ctzl(sysconf(_SC_PAGESIZE)));
}

/* What bpf.h defines where BTF does not know it, or nothing needs it. */
static void print_guards(struct strbuf *b, const char *types)
{
	static const char *const names[] = {
		"bpf_raw_tracepoint_args",
		"bpf_stack_build_id",
	};
	char start[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(start, sizeof(start), "struct %s {\n", names[i]);
		if (strstr(types, start))
			strbuf_printf(b, "#define TREE_HAS_%s\n", names[i]);
	}
}

/* Types come before macros, which could change what they say. */
static int print_kernel(struct strbuf *b, const struct tree_recipe *r,
			const struct btf_file *btf, size_t *nr_types)
{
	bool is_for_all = r->reach != BTF_NAMED;
	char *types = NULL;
	int err = btf_tree_text(btf->raw, btf->size, &r->words, r->reach,
				&types, nr_types);

	if (err)
		return err;
	strbuf_str(b, "/* Made from this kernel's BTF. */\n"
		      "#pragma clang system_header\n\n");
	print_version(b);
	strbuf_str(b, types);
	print_guards(b, types);
	free(types);
	kconfig_print(b, btf->raw, btf->size, is_for_all ? NULL : &r->words);
	btf_ids_print(b, btf->raw, btf->size, &r->words);
	tree_recipe_print_macros(b, r);
	return 0;
}

static int kernel_h(const struct tree_recipe *r, const char *btf_path,
		    char **text, size_t *size, size_t *nr_types)
{
	struct strbuf b = {};
	struct btf_file btf;
	int err = btf_file_open(&btf, btf_path);

	if (err)
		return err;
	strbuf_fail(&b, print_kernel(&b, r, &btf, nr_types));
	btf_file_close(&btf);
	*text = strbuf_take(&b, size);
	return b.err;
}

/* Of a stub: make it below DIR, or see that it is there. 0 or -errno. */
typedef int (*stub_fn)(int dir, const char *path);

struct stub_job {
	int dir;
	stub_fn fn;
};

static const char stub_text[] = "/* linux/kconfig.h has it all. */\n";

static int make_stub(int dir, const char *path)
{
	return tree_dir_write(dir, path, stub_text, sizeof(stub_text) - 1);
}

/* What is in place of a stub since before there were any. */
static bool is_other_file(const char *path)
{
	for (const struct tree_text *t = tree_texts; t->path; t++)
		if (!strcmp(path, t->path))
			return true;
	return !strcmp(path, KERNEL_H);
}

static int find_stub(int dir, const char *path)
{
	struct stat st;

	if (is_other_file(path))
		return 0;
	if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return tree_dir_has(dir, path, stub_text, sizeof(stub_text) - 1)
		       ? 0
		       : -ESTALE;
}

/* A name that is there already, or cannot be, is the compiler's to judge. */
static int do_stub(void *ctx, const char *name)
{
	const struct stub_job *job = ctx;
	char path[160];
	int err;

	snprintf(path, sizeof(path), "include/%s", name);
	err = job->fn(job->dir, path);
	return err == -EEXIST || err == -ENOTDIR || err == -EISDIR ? 0 : err;
}

static int each_stub(const struct tree_recipe *r, int dir, stub_fn fn)
{
	struct stub_job job = {dir, fn};
	char name[128];
	int err = 0;

	for (size_t i = 0; !err && i < NR_STUBS; i++)
		err = do_stub(&job, stubs[i]);
	for (size_t i = 0; !err && i < r->words.nr_slots; i++) {
		const struct ident *id = &r->words.slot[i];

		if (!id->name || !tree_recipe_wants_stub(id))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)id->len, id->name);
		err = do_stub(&job, name);
	}
	if (!err && r->reach != BTF_NAMED)
		err = stubs_each(do_stub, &job);
	return err;
}

static void kernel_hash(const char *kernel, size_t size, char hex[HASH_TEXT])
{
	struct hash h;

	hash_init(&h);
	hash_add(&h, kernel, size);
	hash_text(&h, hex);
}

static int write_state(const struct tree_recipe *r, int dir, const char *kernel,
		       size_t size, size_t nr_types)
{
	char hex[HASH_TEXT];
	struct strbuf b = {};
	int err;

	kernel_hash(kernel, size, hex);
	strbuf_printf(&b, "types %zu size %zu hash %s\n", nr_types, size, hex);
	strbuf_str(&b, r->key);
	err = b.err ?: tree_dir_write(dir, STATE, b.p, b.len);
	strbuf_free(&b);
	return err;
}

static int write_files(const struct tree_recipe *r, int dir, const char *kernel,
		       size_t size, size_t nr_types)
{
	int err = tree_dir_write(dir, KERNEL_H, kernel, size);

	for (const struct tree_text *t = tree_texts; !err && t->path; t++)
		err = tree_dir_write(dir, t->path, embedded_text(t->source),
				     strlen(embedded_text(t->source)));
	if (!err)
		err = each_stub(r, dir, make_stub);
	return err ? err : write_state(r, dir, kernel, size, nr_types);
}

int tree_make(const struct tree_recipe *r, const char *btf_path, int dir,
	      size_t *nr_types)
{
	char *text = NULL;
	size_t size;
	int err = kernel_h(r, btf_path, &text, &size, nr_types);

	if (!err && stop_is_asked())
		err = -EINTR;
	if (!err)
		err = write_files(r, dir, text, size, *nr_types);
	free(text);
	return err;
}

/* The state that the key at its end is compared with, NUL-ended, or NULL. */
static char *read_state(int dir)
{
	struct stat st;

	return fstatat(dir, STATE, &st, AT_SYMLINK_NOFOLLOW) ||
			       st.st_size > STATE_MAX
		       ? NULL
		       : tree_dir_read(dir, STATE, st.st_size);
}

static bool is_kernel_h(int dir, size_t size, const char *want_hex)
{
	char *text = tree_dir_read(dir, KERNEL_H, size), hex[HASH_TEXT];
	bool is_same = false;

	if (text) {
		kernel_hash(text, size, hex);
		is_same = !strcmp(hex, want_hex);
	}
	free(text);
	return is_same;
}

/* Files of the right size may have other bytes: all of them are read. */
static bool is_whole(const struct tree_recipe *r, int dir, const char *state,
		     size_t *nr_types)
{
	char hex[HASH_TEXT];
	size_t size;
	int head = 0;

	if (sscanf(state, "types %zu size %zu hash %32[0-9a-f]%n", nr_types,
		   &size, hex, &head) != 3 ||
	    state[head] != '\n' || strcmp(state + head + 1, r->key) ||
	    !is_kernel_h(dir, size, hex))
		return false;
	for (const struct tree_text *t = tree_texts; t->path; t++) {
		const char *text = embedded_text(t->source);

		if (!tree_dir_has(dir, t->path, text, strlen(text)))
			return false;
	}
	return !each_stub(r, dir, find_stub);
}

int tree_check(const struct tree_recipe *r, int dir, size_t *nr_types)
{
	char *state = read_state(dir);
	bool is_good = state && is_whole(r, dir, state, nr_types);

	free(state);
	return is_good ? 0 : -ESTALE;
}
