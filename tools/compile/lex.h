/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C text to words: enough of C's lexing to tell names from comments, strings
 * and numbers. Pure.
 */
#ifndef LEX_H
#define LEX_H

#include <stdbool.h>
#include <stddef.h>

/* A name, number, string or single other character; len 0 at the end. */
struct word {
	const char *s;
	size_t len;
};

struct lex {
	const char *p, *end;
	bool is_line_start; /* a newline came before p and no word since */
};

bool word_is(struct word w, const char *s);

/* Does W start as a C name does? */
bool word_is_name(struct word w);

/* The next word, left in place, behind blanks, comments, joined lines. */
struct word lex_peek(struct lex *lx);

/* The same, taken: is_line_start is false afterwards. */
struct word lex_next(struct lex *lx);

/* Take what is in the "(...)" that comes next, parentheses too. */
void lex_skip_parens(struct lex *lx);

/* The end of the line that P is in, which goes on behind a backslash. */
const char *lex_line_end(const char *p, const char *end);

#endif
