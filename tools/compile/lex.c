// SPDX-License-Identifier: GPL-2.0
#include "compile/lex.h"

#include <string.h>

/* ASCII's, whatever the locale: and without a call for each character. */
static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static inline bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool word_is(struct word w, const char *s)
{
	return w.len == strlen(s) && !memcmp(w.s, s, w.len);
}

bool word_is_name(struct word w)
{
	return w.len && is_letter(*w.s);
}

/* Behind the string or character that starts at P; a newline ends it too. */
static const char *skip_quoted(const char *p, const char *end)
{
	char quote = *p++;

	for (; p < end && *p != quote && *p != '\n'; p++)
		if (*p == '\\' && p + 1 < end)
			p++;
	return p < end ? p + 1 : end;
}

static const char *skip_comment(const char *p, const char *end)
{
	if (p[1] == '/') {
		while (p < end && *p != '\n')
			p++;
		return p;
	}
	for (p += 2; p < end; p++)
		if (*p == '*' && p + 1 < end && p[1] == '/')
			return p + 2;
	return end;
}

static void skip_blank(struct lex *lx)
{
	while (lx->p < lx->end) {
		const char *p = lx->p;
		bool is_pair = p + 1 < lx->end;

		if (*p == '/' && is_pair && (p[1] == '/' || p[1] == '*')) {
			lx->p = skip_comment(p, lx->end);
		} else if (*p == '\\' && is_pair && p[1] == '\n') {
			lx->p += 2;
		} else if (is_blank(*p)) {
			lx->is_line_start |= *p == '\n';
			lx->p++;
		} else {
			return;
		}
	}
}

/* Letters, digits and underscores from P on; a number keeps its dots. */
static const char *skip_word(const char *p, const char *end)
{
	bool is_number = is_digit(*p);

	while (p < end &&
	       (is_letter(*p) || is_digit(*p) || (is_number && *p == '.')))
		p++;
	return p;
}

struct word lex_peek(struct lex *lx)
{
	const char *p, *to;

	skip_blank(lx);
	p = lx->p;
	if (p == lx->end)
		return (struct word){p, 0};
	if (*p == '"' || *p == '\'')
		to = skip_quoted(p, lx->end);
	else if (is_letter(*p) || is_digit(*p))
		to = skip_word(p, lx->end);
	else
		to = p + 1;
	return (struct word){p, to - p};
}

struct word lex_next(struct lex *lx)
{
	struct word w = lex_peek(lx);

	lx->p += w.len;
	lx->is_line_start = false;
	return w;
}

const char *lex_line_end(const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == '\n' && p[-1] != '\\')
			return p;
		if (*p == '/' && p + 1 < end && p[1] == '*')
			p = skip_comment(p, end) - 1;
	}
	return end;
}

void lex_skip_parens(struct lex *lx)
{
	int depth = 0;

	do {
		struct word w = lex_next(lx);

		depth += word_is(w, "(") - word_is(w, ")");
		if (!w.len)
			return;
	} while (depth > 0);
}
