// SPDX-License-Identifier: GPL-2.0
#include "compile/recipe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "compile/embed.h"
#include "compile/stubs.h"

#define SRC "tools/compile/tree/"
#define WIDE SRC "wide.h"

const struct tree_text tree_texts[] = {
	{"include/linux/kconfig.h", SRC "kconfig.h"},
	{"include/tree/types.h", SRC "types.h"},
	{"include/tree/bpf.h", SRC "bpf.h"},
	{NULL, NULL},
};

/* Lists of macros, and by which uses a program asks for one. */
static const struct {
	const char *source;
	unsigned how, unless;
} macros[] = {
	{SRC "compat.h", IDENT_NAME | IDENT_CALL, 0},
	{SRC "compat_net.h", IDENT_NAME | IDENT_CALL, 0},
	{SRC "members.h", IDENT_MEMBER, IDENT_NAME | IDENT_CALL},
};

#define NR_MACROS (sizeof(macros) / sizeof(*macros))

static bool is_fit(const char *name, size_t len)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./";

	if (len < 3 || len > 127 || *name == '/' || *name == '.' ||
	    memcmp(name + len - 2, ".h", 2) || !memcmp(name, "bcc/", 4) ||
	    (len == 8 && !memcmp(name, "stdarg.h", 8)))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!memchr(chars, name[i], sizeof(chars) - 1) ||
		    (name[i] == '/' &&
		     (name[i + 1] == '/' || name[i + 1] == '.')))
			return false;
	return true;
}

bool tree_recipe_wants_stub(const struct ident *id)
{
	return (id->uses & IDENT_INCLUDE) && is_fit(id->name, id->len);
}

/* What programs that we have not seen may name. */
static int add_wide(struct ident_set *words)
{
	int err = ident_scan(words, embedded_text(WIDE));

	for (size_t i = 0; !err && i < NR_MACROS; i++)
		err = ident_scan(words, embedded_text(macros[i].source));
	return err;
}

static int collect_words(struct ident_set *words, const char *text,
			 enum btf_reach reach)
{
	int err = ident_scan(words, text), has_grown = reach == BTF_NAMED;

	if (!err && reach != BTF_NAMED)
		err = add_wide(words);
	while (!err && has_grown) {
		has_grown = 0;
		for (size_t i = 0; !err && i < NR_MACROS; i++)
			err = ident_expand(
				words, embedded_text(macros[i].source),
				macros[i].how, macros[i].unless, &has_grown);
	}
	for (const struct tree_text *t = tree_texts; t->path; t++)
		ident_hide(words, embedded_text(t->source));
	return err;
}

/* What of a word makes a difference to the tree. */
static unsigned word_matters(const struct ident *id)
{
	return ident_wanted(id) | (id->uses & (IDENT_DEREF | IDENT_MACRO)) |
	       (tree_recipe_wants_stub(id) ? IDENT_INCLUDE : 0);
}

static int by_name(const void *a, const void *b)
{
	const struct ident *x = *(const struct ident *const *)a;
	const struct ident *y = *(const struct ident *const *)b;
	size_t len = x->len < y->len ? x->len : y->len;
	int d = memcmp(x->name, y->name, len);

	return d ? d : (x->len > y->len) - (x->len < y->len);
}

static void print_words(struct strbuf *b, const struct ident_set *words)
{
	const struct ident **sorted = calloc(words->nr + 1, sizeof(*sorted));
	size_t nr = 0;

	if (!sorted) {
		strbuf_fail(b, -ENOMEM);
		return;
	}
	for (size_t i = 0; i < words->nr_slots; i++)
		if (words->slot[i].name && word_matters(&words->slot[i]))
			sorted[nr++] = &words->slot[i];
	qsort(sorted, nr, sizeof(*sorted), by_name);
	for (size_t i = 0; i < nr; i++)
		strbuf_printf(b, "%03x %.*s\n", word_matters(sorted[i]),
			      (int)sorted[i]->len, sorted[i]->name);
	free(sorted);
}

static void hash_embedded(struct hash *h, const char *path)
{
	const char *text = embedded_text(path);

	hash_add(h, text, strlen(text));
}

static int hash_stub(void *ctx, const char *path)
{
	hash_add(ctx, path, strlen(path));
	return 0;
}

static void print_texts(struct strbuf *b)
{
	char hex[HASH_TEXT];
	struct hash h;

	hash_init(&h);
	for (const struct tree_text *t = tree_texts; t->path; t++)
		hash_embedded(&h, t->source);
	for (size_t i = 0; i < NR_MACROS; i++)
		hash_embedded(&h, macros[i].source);
	hash_embedded(&h, WIDE);
	stubs_each(hash_stub, &h);
	hash_text(&h, hex);
	strbuf_printf(b, "texts %s\n", hex);
}

/* The notes hold the build id; the names tell kernels without one apart. */
static void print_kernel(struct strbuf *b)
{
	char notes[4096];
	struct utsname u;
	ssize_t n;

	if (!uname(&u))
		strbuf_printf(b, "kernel %s %s %s\n", u.release, u.version,
			      u.machine);
	strbuf_printf(b, "page %ld\nnotes ", sysconf(_SC_PAGESIZE));
	n = fd_read_file("/sys/kernel/notes", notes, sizeof(notes));
	for (ssize_t i = 0; i < n; i++)
		strbuf_printf(b, "%02x", (unsigned char)notes[i]);
	strbuf_chr(b, '\n');
}

static void print_btf(struct strbuf *b, const char *path)
{
	struct stat st;

	if (!stat(path, &st))
		strbuf_printf(b, "btf %s %ld %lu %ld.%09ld\n", path,
			      (long)st.st_size, (unsigned long)st.st_ino,
			      (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static int make_key(struct tree_recipe *r, const char *btf_path)
{
	struct strbuf b = {};

	strbuf_printf(&b, "format %s reach %d\n", TREE_FORMAT, r->reach);
	print_kernel(&b);
	print_btf(&b, btf_path);
	print_texts(&b);
	print_words(&b, &r->words);
	r->key = strbuf_take(&b, &r->key_size);
	return b.err;
}

int tree_recipe_init(struct tree_recipe *r, const char *text,
		     enum btf_reach reach, const char *btf_path)
{
	int err;

	memset(r, 0, sizeof(*r));
	r->reach = reach;
	err = collect_words(&r->words, text, reach);
	if (!err)
		err = make_key(r, btf_path);
	if (err)
		tree_recipe_free(r);
	return err;
}

void tree_recipe_free(struct tree_recipe *r)
{
	ident_set_free(&r->words);
	free(r->key);
	memset(r, 0, sizeof(*r));
}

void tree_recipe_print_macros(struct strbuf *b, const struct tree_recipe *r)
{
	for (size_t i = 0; i < NR_MACROS; i++) {
		const char *text = embedded_text(macros[i].source);

		if (r->reach == BTF_NAMED)
			ident_print_macros(b, &r->words, text);
		else
			strbuf_str(b, text);
	}
}
