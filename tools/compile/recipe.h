/* SPDX-License-Identifier: GPL-2.0 */
/* What goes into a program's header tree, known without reading any BTF. */
#ifndef RECIPE_H
#define RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "compile/btf_cut.h"
#include "compile/ident.h"

/*
 * Raise it when trees are made in another way from the same texts: neither they
 * nor what was compiled with them is used again.
 */
#define TREE_FORMAT "5"

struct tree_recipe {
	enum btf_reach reach;
	struct ident_set words;
	char *key; /* all that the tree depends on, as text */
	size_t key_size;
};

/*
 * What a tree for the program TEXT, which must outlive the recipe, takes from
 * the BTF in the file BTF_PATH. One that reaches beyond the text's words is for
 * other programs too: it has all our macros, and what tree/wide.h names. Does
 * not read the file. 0 or -errno.
 */
int tree_recipe_init(struct tree_recipe *r, const char *text,
		     enum btf_reach reach, const char *btf_path);

/* Null-safe for a zeroed struct. */
void tree_recipe_free(struct tree_recipe *r);

/* The macros of ours that the tree has, as #define lines. */
void tree_recipe_print_macros(struct strbuf *b, const struct tree_recipe *r);

/*
 * Is the word an included name that may become a file of the tree? It must
 * end in ".h" and stay inside; bcc/ is libbcc's own, and so is stdarg.h, which
 * a stub would hide.
 */
bool tree_recipe_wants_stub(const struct ident *id);

/* The files that are the same in each tree; ends with a NULL path. */
struct tree_text {
	const char *path;   /* in the tree */
	const char *source; /* of embed.h */
};

extern const struct tree_text tree_texts[];

#endif
