// SPDX-License-Identifier: GPL-2.0
#include "compile/btf_tree.h"

#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "compile/btf_cut.h"
#include "compile/btf_pads.h"

#define TABLE_SIZE 48 /* to malloc(3) the same as libbpf's 56 */

/* The sysfs file gives one page a call. */
static int read_all(struct btf_file *f, int fd)
{
	size_t got = 0;
	ssize_t n;

	f->raw = malloc(f->size);
	if (!f->raw)
		return -ENOMEM;
	while (got < f->size) {
		n = read(fd, (char *)f->raw + got, f->size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EBADMSG;
		got += n;
	}
	return 0;
}

static int take_in(struct btf_file *f, int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_size <= 0)
		return -EBADMSG;
	f->size = st.st_size;
	f->raw = mmap(NULL, f->size, PROT_READ, MAP_PRIVATE, fd, 0);
	f->is_mapped = f->raw != MAP_FAILED;
	return f->is_mapped ? 0 : read_all(f, fd);
}

int btf_file_open(struct btf_file *f, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	*f = (struct btf_file){0};
	if (fd < 0)
		return -errno;
	err = take_in(f, fd);
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
