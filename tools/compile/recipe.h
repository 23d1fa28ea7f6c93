/* SPDX-License-Identifier: GPL-2.0 */
/* What goes into a program's header tree, known without reading any BTF. */
#ifndef RECIPE_H
#define RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "compile/ident.h"

/*
 * Raise it when trees are made in another way from the same texts: neither they
 * nor what was compiled with them is used again.
 */
#define TREE_FORMAT "2"

struct tree_recipe {
	struct ident_set words;
	char *key; /* all that the tree depends on, as text */
	size_t key_size;
};

/*
 * What a tree for the program TEXT, which must outlive the recipe, takes from
 * the BTF in the file BTF_PATH. Does not read that file. 0 or -errno.
 */
int tree_recipe_init(struct tree_recipe *r, const char *text,
		     const char *btf_path);

/* Null-safe for a zeroed struct. */
void tree_recipe_free(struct tree_recipe *r);

/* The macros of ours that the program uses, as #define lines. */
void tree_recipe_print_macros(const struct tree_recipe *r, FILE *f);

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
