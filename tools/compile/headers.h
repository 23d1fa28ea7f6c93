/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel header tree that libbcc compiles against: made from BTF, with
 * only the types that a program's text names, or the machine's real headers.
 */
#ifndef HEADERS_H
#define HEADERS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "compile/btf_cut.h"

#define HEADERS_BTF_PATH "/sys/kernel/btf/vmlinux"
#define HEADERS_KEPT 32 /* trees of a kind; the oldest go, but those in use */

enum headers_choice {
	HEADERS_AUTO, /* BTF, else real headers */
	HEADERS_BTF,
	HEADERS_KERNEL,
};

struct headers {
	bool is_btf;
	/* What BCC_KERNEL_SOURCE must name, absolute; "" when libbcc finds the
	 * real headers by itself (/lib/modules/RELEASE with build and source). */
	char source[PATH_MAX];
	/* Directories the compile child must be able to read, absolute and
	 * resolved, ended by "". */
	char dirs[5][PATH_MAX];
	/* BTF: how many types the tree holds, for --verbose. */
	size_t nr_types;
	bool was_kept;	   /* found from an earlier run */
	bool was_damaged;  /* one was kept that is not as it was made */
	bool is_temporary; /* BTF: to be removed by headers_release() */
	bool is_held;	   /* BTF: by LOCK, so that nobody removes it */
	int lock;
	/* Why nothing is kept although it was to be, one sentence, or "". */
	char note[256];
};

struct headers_opts {
	enum headers_choice choice;
	enum btf_reach reach;	 /* beyond what the text names: see recipe.h */
	const char *btf_path;	 /* NULL: HEADERS_BTF_PATH */
	const char *modules_dir; /* NULL: /lib/modules */
	const char *cache_dir; /* checked, root-only directory (see cache.h), or
				* NULL: build a temporary tree, keep nothing */
};

/*
 * Find or make a tree that has the types named in TEXT: what libbcc will get,
 * with all that -D macros would bring in. 0, or -errno with a sentence in ERR:
 * -ENOENT when there is neither BTF nor headers (the sentence names both ways
 * out), -ENOSPC ..., -EINTR when stop_is_asked().
 *
 * Kept trees are directories HASH in cache_dir/headers, or headers-wide where
 * they reach beyond the text. One that is damaged, or not as we would have left
 * it, is made anew; where nothing can be kept the tree is temporary and h->note
 * says why.
 */
int headers_get(const char *text, const struct headers_opts *opts,
		struct headers *h, char *err, size_t err_size);

/*
 * Is the tree of H, which headers_get() gave for the same TEXT and OPTS, still
 * there and as it was made? 0, or -ESTALE: it was removed or changed meanwhile.
 * Real headers are not looked at.
 */
int headers_check(const char *text, const struct headers_opts *opts,
		  const struct headers *h);

/*
 * The same as headers_get(), always from BTF, in the directory DIR: made where
 * it is absent, else ours and empty. h->source is its absolute path. 0, or
 * -errno with a sentence; DIR is then as empty as before.
 */
int headers_fill(const char *text, const struct headers_opts *opts,
		 const char *dir, struct headers *h, char *err,
		 size_t err_size);

/* Why there are no types from PATH, as headers_get() would say it. */
void headers_btf_sentence(int err, const char *path, char *text, size_t size);

/* The tree is no longer in use: others may remove it, a temporary one goes. */
void headers_release(struct headers *h);

#endif
