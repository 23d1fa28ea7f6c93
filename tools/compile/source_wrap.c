// SPDX-License-Identifier: GPL-2.0
#include "compile/source_wrap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void names_print(FILE *f, const char *more, const char *name,
			bool is_end)
{
	const char *p;

	for (p = more; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		struct word w = defined(p);

		if (!w.len || word_is(w, name))
			continue;
		if (is_end)
			fprintf(f, "#undef %.*s\n", (int)w.len, w.s);
		else
			fprintf(f, "#define %.*s option_%.*s\n", (int)w.len,
				w.s, (int)w.len, w.s);
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
	char *buf = NULL;
	size_t size;
	FILE *f;

	if (!find(text, name, &d)) {
		errno = ENOENT;
		return NULL;
	}
	f = open_memstream(&buf, &size);
	if (!f)
		return NULL;
	fprintf(f, "%.*ssource_%.*s\n#line 1 \"options\"\n",
		(int)(d.name.s - text), text, (int)(d.end - d.name.s),
		d.name.s);
	names_print(f, more, name, false);
	fputs(more, f);
	names_print(f, more, name, true);
	fprintf(f, "#line %u \"%s\"\n%s", line_of(text, d.end), file, d.end);
	return fclose(f) ? NULL : buf;
}
