/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which kernel types may a C text mean? Found by looking at its words, without
 * preprocessing: too many candidates cost nothing, as only those that the
 * kernel's BTF knows count in the end. Pure.
 */
#ifndef IDENT_H
#define IDENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* How a word is used; a word can be used in several ways. */
enum ident_use {
	IDENT_STRUCT = 1, /* struct WORD */
	IDENT_UNION = 2,
	IDENT_ENUM = 4,
	IDENT_NAME = 8,	    /* by itself: a typedef, an enumerator, a macro */
	IDENT_CALL = 16,    /* WORD(...): a function or a macro */
	IDENT_INCLUDE = 32, /* #include <WORD> */
	IDENT_MEMBER = 64,  /* behind "." or "->" */
	IDENT_DEREF = 128,  /* a member that is a pointer: x.WORD-> */
	IDENT_MACRO = 256,  /* found by ident_expand() to be a macro of ours */
};

struct ident {
	const char *name; /* in the scanned text, not NUL-ended; NULL: free */
	uint32_t len;
	uint32_t hash;
	uint16_t uses;
	uint16_t hidden; /* uses for which a text brings its own definition */
};

/* Open addressing; nr_slots is a power of two or 0. All zero is empty. */
struct ident_set {
	struct ident *slot;
	size_t nr;
	size_t nr_slots;
};

/* Null-safe; leaves an empty set. */
void ident_set_free(struct ident_set *set);

/* The hash that ident_find() wants, of LEN bytes at NAME. */
uint32_t ident_hash(const char *name, size_t len);

/* The entry, or NULL. */
struct ident *ident_find(const struct ident_set *set, const char *name,
			 size_t len, uint32_t hash);

/* The entry, made where there was none; NULL on lack of memory. */
struct ident *ident_add(struct ident_set *set, const char *name, size_t len);

/* The uses that are left for the kernel's types to answer. */
static inline unsigned ident_wanted(const struct ident *id)
{
	return id->uses & ~id->hidden &
	       (IDENT_STRUCT | IDENT_UNION | IDENT_ENUM | IDENT_NAME);
}

/*
 * Add the words of the program TEXT, which must outlive the set. Words in
 * comments, strings and #if lines do not count; what TEXT defines itself
 * (tags, typedefs, enumerators, macros, BPF maps) is hidden. 0 or -ENOMEM.
 */
int ident_scan(struct ident_set *set, const char *text);

/*
 * TEXT is a list of macros that programs may need: mark each one that the set
 * uses in one of the ways HOW, and in none of UNLESS, and add the words of its
 * body. A macro that the program defines itself stays as it is. 0 or -ENOMEM;
 * *HAS_GROWN is set when something was added, else left alone: the new words
 * may be macros in turn.
 */
int ident_expand(struct ident_set *set, const char *text, unsigned how,
		 unsigned unless, int *has_grown);

/* Print the macros of TEXT that are marked, in their order. */
void ident_print_macros(struct strbuf *b, const struct ident_set *set,
			const char *text);

/* Hide what TEXT, a header that every program gets, defines. */
void ident_hide(struct ident_set *set, const char *text);

#endif
