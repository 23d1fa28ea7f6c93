// SPDX-License-Identifier: GPL-2.0
#include "compile/source_wrap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "compile/lex.h"

/* A definition: its name, and where the text behind its '}' starts. */
struct definition {
	struct word name;
	const char *end;
};

/* Behind the '}' that belongs to the '{' that was just read, or NULL. */
static const char *block_end(struct lex *lx)
{
	struct word w;
	int depth = 1;

	while (depth && (w = lex_next(lx)).len)
		depth += word_is(w, "{") - word_is(w, "}");
	return depth ? NULL : lx->p;
}

static bool find(const char *text, const char *name, struct definition *d)
{
	struct lex lx = {.p = text, .end = text + strlen(text)};
	struct word w;

	while ((w = lex_next(&lx)).len) {
		if (!word_is(w, name) || !word_is(lex_peek(&lx), "("))
			continue;
		d->name = w;
		lex_skip_parens(&lx);
		if (!word_is(lex_peek(&lx), "{"))
			continue;
		lex_next(&lx);
		d->end = block_end(&lx);
		return d->end;
	}
	return false;
}

/* The name that the line at P defines, or one of no length. */
static struct word defined(const char *p)
{
	static const char *const starts[] = {"static inline ", "struct ",
					     "enum { "};
	struct lex lx = {.end = p + strcspn(p, "\n")};
	struct word w, last = {};
	size_t i;

	for (i = 0; i < 3 && strncmp(p, starts[i], strlen(starts[i])); i++)
		;
	if (i == 3)
		return last;
	lx.p = p + strlen(starts[i]);
	while ((w = lex_next(&lx)).len && word_is_name(w))
		last = w;
	/* A function's name is the last in front of its '(', behind any '*'. */
	while (!i && word_is(w, "*"))
		while ((w = lex_next(&lx)).len && word_is_name(w))
			last = w;
	return last;
}

static void names_print(struct strbuf *b, const char *more, const char *name,
			bool is_end)
{
	const char *p;

	for (p = more; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		struct word w = defined(p);

		if (!w.len || word_is(w, name))
			continue;
		if (is_end)
			strbuf_printf(b, "#undef %.*s\n", (int)w.len, w.s);
		else
			strbuf_printf(b, "#define %.*s option_%.*s\n",
				      (int)w.len, w.s, (int)w.len, w.s);
	}
}

static unsigned line_of(const char *text, const char *p)
{
	unsigned line = 1;

	for (; text < p; text++)
		line += *text == '\n';
	return line;
}

char *source_wrap(const char *text, const char *file, const char *name,
		  const char *more)
{
	struct definition d;
	struct strbuf b = {};
	char *both;

	if (!find(text, name, &d)) {
		errno = ENOENT;
		return NULL;
	}
	strbuf_mem(&b, text, d.name.s - text);
	strbuf_str(&b, "source_");
	strbuf_mem(&b, d.name.s, d.end - d.name.s);
	strbuf_str(&b, "\n#line 1 \"options\"\n");
	names_print(&b, more, name, false);
	strbuf_str(&b, more);
	names_print(&b, more, name, true);
	strbuf_printf(&b, "#line %u \"%s\"\n", line_of(text, d.end), file);
	strbuf_str(&b, d.end);
	both = strbuf_take(&b, NULL);
	if (!both)
		errno = -b.err;
	return both;
}
