// SPDX-License-Identifier: GPL-2.0
#include "compile/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "compile/btf_tree.h"
#include "compile/embed.h"
#include "compile/recipe.h"
#include "compile/tree_dir.h"

#define KERNEL_H "include/tree/kernel.h"
#define STATE "state"

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

static void print_version(FILE *f)
{
	unsigned a = 0, b = 0, c = 0;
	struct utsname u;

	if (!uname(&u))
		sscanf(u.release, "%u.%u.%u", &a, &b, &c);
	/* linux/version.h has room for 255 patches. */
	fprintf(f, "#define LINUX_VERSION_CODE %u\n",
		a << 16 | b << 8 | (c > 255 ? 255 : c));
	fputs("#define KERNEL_VERSION(a, b, c) \\\n"
	      "\t(((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))\n",
	      f);
	fprintf(f, "#define PAGE_SIZE %ldUL\n", sysconf(_SC_PAGESIZE));
	fprintf(f, "#define PAGE_SHIFT %d\n\n",
		__builtin_ctzl(sysconf(_SC_PAGESIZE)));
}

static int kernel_types(const struct tree_recipe *r, const char *btf_path,
			char **types, size_t *nr_types)
{
	struct btf_file btf;
	int err = btf_file_open(&btf, btf_path);

	if (err)
		return err;
	err = btf_tree_text(btf.raw, btf.size, &r->words, types, nr_types);
	btf_file_close(&btf);
	return err;
}

/* Types come before macros, which could change what they say. */
static int kernel_h(const struct tree_recipe *r, const char *types, char **text,
		    size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f)
		return -ENOMEM;
	fputs("/* Made from this kernel's BTF for one program. */\n"
	      "#pragma clang system_header\n\n",
	      f);
	print_version(f);
	fputs(types, f);
	tree_recipe_print_macros(r, f);
	return fclose(f) ? -ENOMEM : 0;
}

/* Of a stub: make it below DIR, or see that it is there. 0 or -errno. */
typedef int (*stub_fn)(int dir, const char *path);

static int make_stub(int dir, const char *path)
{
	static const char text[] = "/* linux/kconfig.h has it all. */\n";

	return tree_dir_write(dir, path, text, sizeof(text) - 1);
}

static int find_stub(int dir, const char *path)
{
	return faccessat(dir, path, R_OK, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
}

/* A name that is there already, or cannot be, is the compiler's to judge. */
static int do_stub(int dir, const char *name, size_t len, stub_fn fn)
{
	char path[160];
	int err;

	snprintf(path, sizeof(path), "include/%.*s", (int)len, name);
	err = fn(dir, path);
	return err == -EEXIST || err == -ENOTDIR || err == -EISDIR ? 0 : err;
}

static int each_stub(int dir, const struct ident_set *words, stub_fn fn)
{
	int err = 0;

	for (size_t i = 0; !err && i < NR_STUBS; i++)
		err = do_stub(dir, stubs[i], strlen(stubs[i]), fn);
	for (size_t i = 0; !err && i < words->nr_slots; i++) {
		const struct ident *id = &words->slot[i];

		if (id->name && tree_recipe_wants_stub(id))
			err = do_stub(dir, id->name, id->len, fn);
	}
	return err;
}

static int write_state(const struct tree_recipe *r, int dir, size_t nr_types,
		       size_t size)
{
	char *text = NULL;
	int len = asprintf(&text, "types %zu size %zu\n%s", nr_types, size,
			   r->key);
	int err = len < 0 ? -ENOMEM : tree_dir_write(dir, STATE, text, len);

	if (len >= 0)
		free(text);
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
		err = each_stub(dir, &r->words, make_stub);
	return err ? err : write_state(r, dir, nr_types, size);
}

int tree_make(const struct tree_recipe *r, const char *btf_path, int dir,
	      size_t *nr_types)
{
	char *types = NULL, *text = NULL;
	size_t size;
	int err = kernel_types(r, btf_path, &types, nr_types);

	if (!err)
		err = kernel_h(r, types, &text, &size);
	if (!err)
		err = write_files(r, dir, text, size, *nr_types);
	free(types);
	free(text);
	return err;
}

/* The state that the key at its end is compared with, NUL-ended, or NULL. */
static char *read_state(int dir, size_t max)
{
	int fd = openat(dir, STATE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char *text = fd < 0 ? NULL : malloc(max + 1);
	ssize_t n = text ? read(fd, text, max) : -1;

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

static bool is_whole(const struct tree_recipe *r, int dir, const char *state,
		     size_t *nr_types)
{
	size_t size;
	int head = 0;

	if (sscanf(state, "types %zu size %zu%n", nr_types, &size, &head) !=
		    2 ||
	    state[head] != '\n' || strcmp(state + head + 1, r->key) ||
	    !tree_dir_has(dir, STATE, strlen(state)) ||
	    !tree_dir_has(dir, KERNEL_H, size))
		return false;
	for (const struct tree_text *t = tree_texts; t->path; t++)
		if (!tree_dir_has(dir, t->path,
				  strlen(embedded_text(t->source))))
			return false;
	return !each_stub(dir, &r->words, find_stub);
}

int tree_check(const struct tree_recipe *r, int dir, size_t *nr_types)
{
	char *state = read_state(dir, r->key_size + 64);
	bool is_good = state && is_whole(r, dir, state, nr_types);

	free(state);
	return is_good ? 0 : -ESTALE;
}
