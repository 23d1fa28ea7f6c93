// SPDX-License-Identifier: GPL-2.0
#include "compile/btf_tree.h"

#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file_read.h"
#include "base/strbuf.h"
#include "compile/btf_cut.h"
#include "compile/btf_pads.h"

#define BTF_MAX \
	(256u << 20)  /* bytes; a kernel with all its drivers has 10 MB */
#define TABLE_SIZE 48 /* to malloc(3) the same as libbpf's 56 */

/* Only what cannot be cut short is mapped: else a read of ours could fault. */
static bool is_of_the_kernel(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && fs.f_type == SYSFS_MAGIC;
}

static int take_in(struct btf_file *f, int fd, size_t size)
{
	char *text;
	int err;

	f->size = size;
	f->raw = is_of_the_kernel(fd)
			 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0)
			 : MAP_FAILED;
	f->is_mapped = f->raw != MAP_FAILED;
	if (f->is_mapped)
		return 0;
	f->raw = NULL;
	err = file_read(fd, BTF_MAX, &text, &f->size);
	if (err)
		return err;
	f->raw = text;
	return f->size ? 0 : -EBADMSG;
}

int btf_file_open(struct btf_file *f, const char *path)
{
	struct stat st;
	int fd = file_open(AT_FDCWD, path, 0, &st), err;

	*f = (struct btf_file){0};
	if (fd < 0)
		return fd;
	err = st.st_size ? take_in(f, fd, st.st_size) : -EBADMSG;
	close(fd);
	if (err)
		btf_file_close(f);
	return err;
}

void btf_file_close(struct btf_file *f)
{
	if (f->is_mapped)
		munmap(f->raw, f->size);
	else
		free(f->raw);
	*f = (struct btf_file){0};
}

static void print(void *ctx, const char *fmt, va_list args)
{
	strbuf_vprintf(ctx, fmt, args);
}

/*
 * Without memory for its two hash tables btf_dump__new() crashes (libbpf 1.1
 * frees them all the same). Of the size of these, what is freed here it gets.
 */
static int tables_reserve(void)
{
	void *volatile one = malloc(TABLE_SIZE), *volatile two;
	int err;

	two = malloc(TABLE_SIZE);
	err = one && two ? 0 : -ENOMEM;
	free(one);
	free(two);
	return err;
}

/*
 * Where memory is short libbpf leaves out a part of a declaration, or the number
 * that tells two types of one name apart, and reports success. Only errno, which
 * nothing here sets to something else, still says so.
 */
static int dump_roots(const struct btf_cut *cut, struct strbuf *b)
{
	struct btf_dump *dump = NULL;
	struct btf *btf;
	int err;

	errno = 0;
	btf = btf__new(cut->raw, cut->size);
	err = btf ? tables_reserve() : -errno;
	if (!err) {
		dump = btf_dump__new(btf, print, b, NULL);
		err = dump ? 0 : -errno;
	}
	for (size_t i = 0; !err && i < cut->nr_roots; i++)
		err = btf_dump__dump_type(dump, cut->roots[i]);
	if (!err && errno == ENOMEM)
		err = -ENOMEM;
	btf_dump__free(dump);
	btf__free(btf);
	return err;
}

static int dump_text(const struct btf_cut *cut, char **text)
{
	struct strbuf b = {};
	char *dumped;

	if (cut->nr_roots)
		strbuf_fail(&b, dump_roots(cut, &b));
	dumped = strbuf_take(&b, NULL);
	*text = dumped ? btf_pads_name(dumped) : NULL;
	free(dumped);
	return *text ? 0 : b.err ?: -ENOMEM;
}

int btf_tree_text(const void *raw, size_t size, const struct ident_set *words,
		  enum btf_reach reach, char **text, size_t *nr_types)
{
	struct btf_cut cut;
	int err = btf_cut(raw, size, words, reach, &cut);

	if (err)
		return err;
	*nr_types = cut.nr_types;
	err = dump_text(&cut, text);
	btf_cut_free(&cut);
	return err;
}
