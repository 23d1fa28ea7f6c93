// SPDX-License-Identifier: GPL-2.0
#include "compile/expr.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "compile/expr_list.h"
#include "compile/lex.h"

/*
 * Names, numbers, blanks and operators may stand in an expression. Comments may
 * not, nor what C takes for '#', '{', '}', '[' and ']' (C11, 6.4.6): "%:include"
 * is a directive.
 */
static bool expr_fits(const char *p)
{
	static const char *const others[] = {"/*", "//", "%:", "<%",
					     "%>", "<:", ":>"};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strncmp(p, others[i], 2))
			return false;
	return isalnum((unsigned char)*p) ||
	       strchr("_ \t.()[]!~*&|^<>=+-/%?:,", *p);
}

/* The length of "'x'", a letter or mark and no backslash, or 0. */
static size_t char_len(const char *p)
{
	return p[0] == '\'' && isprint((unsigned char)p[1]) && p[1] != '\'' &&
			       p[1] != '\\' && p[2] == '\''
		       ? 3
		       : 0;
}

static int char_fail(const char *expr, const char *p, struct parse_err *err)
{
	int column = p - expr + 1;

	if (isprint((unsigned char)*p))
		return parse_fail(err,
				  "-e: '%c' at column %d does not belong in an "
				  "expression",
				  *p, column);
	return parse_fail(err,
			  "-e: the character 0x%02x at column %d does not "
			  "belong in an expression",
			  (unsigned char)*p, column);
}

/* The last character that is not blank, where more has to follow; or 0. */
static char expr_open_end(const char *expr)
{
	size_t len = strlen(expr);
	char last;

	while (len && strchr(" \t", expr[len - 1]))
		len--;
	last = len ? expr[len - 1] : 0;
	return isalnum((unsigned char)last) || strchr("_)'.", last) ? 0 : last;
}

int expr_check(const char *expr, struct parse_err *err)
{
	char last = expr_open_end(expr);
	int depth = 0, ret;
	const char *p;
	size_t len;

	for (p = expr; *p && depth >= 0; p += len) {
		len = char_len(p) ?: 1;
		if (expr_list_begins(expr, p)) {
			ret = expr_list_check(p, &len, err);
			if (ret)
				return ret;
		} else if (len == 1 && !expr_fits(p)) {
			return char_fail(expr, p, err);
		} else if (len == 1) {
			depth += (*p == '(') - (*p == ')');
		}
	}
	if (!depth && last)
		return parse_fail(err, "-e: nothing follows the last '%c'",
				  last);
	if (!depth && expr[strspn(expr, " \t")])
		return 0;
	return parse_fail(err, "-e: %s",
			  depth < 0 ? "a ')' too many"
			  : depth   ? "a '(' is not closed"
				    : "the expression is empty");
}

bool expr_uses(const char *expr, const char *word)
{
	struct lex lx = {.p = expr, .end = expr ? expr + strlen(expr) : NULL};
	struct word w;

	while (expr && (w = lex_next(&lx)).len)
		if (word_is(w, word))
			return true;
	return false;
}
