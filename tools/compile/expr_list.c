// SPDX-License-Identifier: GPL-2.0
#include "compile/expr_list.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/filter.h"

static const struct {
	const char *name;
	const char *ends; /* "source, destination" for is_listed() */
} functions[] = {
	{"host", "1, 1"},
	{"ip", "1, 1"},
	{"src", "1, 0"},
	{"dst", "0, 1"},
};

#define NR_FUNCTIONS (sizeof(functions) / sizeof(*functions))

/* The character before P that is no blank; EXPR - 1 for none. */
static const char *before(const char *expr, const char *p)
{
	do
		p--;
	while (p >= expr && isblank((unsigned char)*p));
	return p;
}

bool expr_list_begins(const char *expr, const char *p)
{
	const char *end, *start;
	size_t i;

	if (*p != '"')
		return false;
	end = before(expr, p);
	if (end < expr || *end != '(')
		return false;
	end = before(expr, end) + 1;
	for (start = end; start > expr && (isalnum((unsigned char)start[-1]) ||
					   start[-1] == '_');)
		start--;
	for (i = 0; i < NR_FUNCTIONS; i++)
		if (strlen(functions[i].name) == (size_t)(end - start) &&
		    !strncmp(functions[i].name, start, end - start))
			return true;
	return false;
}

/* The text between the quotes, allocated. */
static char *text_of(const char *p)
{
	return strndup(p + 1, strcspn(p + 1, "\""));
}

int expr_list_check(const char *p, size_t *len, struct parse_err *err)
{
	size_t inner = strcspn(p + 1, "\"");
	struct addr_set set = {};
	struct parse_err cause;
	char *text;
	int ret;

	if (!p[1 + inner])
		return parse_fail(err, "-e: a '\"' is not closed");
	*len = inner + 2;
	text = text_of(p);
	ret = text ? parse_addrs(text, &set, &cause) : -ENOMEM;
	addr_set_free(&set);
	free(text);
	return ret == -EINVAL ? parse_fail(err, "-e: %s", cause.text) : ret;
}

/* The next list in EXPR from P on, or NULL. */
static const char *next(const char *expr, const char *p)
{
	for (; *p; p++)
		if (expr_list_begins(expr, p))
			return p;
	return NULL;
}

static void family_write(struct strbuf *b, size_t nr, int ip, const char *value)
{
	strbuf_printf(b,
		      "\tif (s->ip == %d)\n"
		      "\t\treturn (src && is_list%zu_ipv%d(",
		      ip, nr, ip);
	strbuf_printf(b, value, 's', 's');
	strbuf_printf(b, ")) ||\n\t\t       (dst && is_list%zu_ipv%d(", nr, ip);
	strbuf_printf(b, value, 'd', 'd');
	strbuf_str(b, "));\n");
}

/* is_listN(): whether one of the ends that are asked for is in the list. */
static void list_write(struct strbuf *b, size_t nr, const struct addr_set *set)
{
	char name[16];

	snprintf(name, sizeof(name), "list%zu", nr);
	filter_addrs_write(b, name, set);
	strbuf_printf(b,
		      "static inline int is_%s(const struct segment *s, int "
		      "src, int dst)\n"
		      "{\n",
		      name);
	if (set->v4.nr)
		family_write(b, nr, 4, "ntohl(s->ip4.%caddr)");
	if (set->v6.nr)
		family_write(b, nr, 6,
			     "ipv6_high(&s->ip6.%caddr), "
			     "ipv6_low(&s->ip6.%caddr)");
	strbuf_str(b, "\treturn 0;\n}\n\n");
}

static size_t lists_write(struct strbuf *b, const char *expr)
{
	struct parse_err ignored;
	const char *p = expr;
	size_t nr;

	for (nr = 0; (p = next(expr, p)); nr++) {
		struct addr_set set = {};
		char *text = text_of(p);

		strbuf_fail(b,
			    text ? parse_addrs(text, &set, &ignored) : -ENOMEM);
		list_write(b, nr, &set);
		addr_set_free(&set);
		free(text);
		p += strcspn(p + 1, "\"") + 2;
	}
	return nr;
}

void expr_lists_write(struct strbuf *b, const char *expr)
{
	size_t nr = lists_write(b, expr), i;

	if (!nr)
		return;
	strbuf_str(b, "/* NR: the list's number in the expression. */\n"
		      "static inline int is_listed(const struct segment *s, "
		      "int nr, int src, int dst)\n{\n");
	for (i = 0; i < nr; i++)
		strbuf_printf(b,
			      "\tif (nr == %zu)\n\t\treturn is_list%zu(s, src, "
			      "dst);\n",
			      i, i);
	strbuf_str(b, "\treturn 0;\n}\n\n"
		      "enum { FIRST_LIST = __COUNTER__ + 1 };\n");
	for (i = 0; i < NR_FUNCTIONS; i++)
		strbuf_printf(b,
			      "#define %s(list) is_listed(s, __COUNTER__ - "
			      "FIRST_LIST, %s)\n",
			      functions[i].name, functions[i].ends);
	strbuf_chr(b, '\n');
}

void expr_lists_end(struct strbuf *b, const char *expr)
{
	size_t i;

	for (i = 0; next(expr, expr) && i < NR_FUNCTIONS; i++)
		strbuf_printf(b, "#undef %s\n", functions[i].name);
}
