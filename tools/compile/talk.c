// SPDX-License-Identifier: GPL-2.0
#include "compile/talk.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "compile/bcc.h"

/* LEN bytes at LINE, libbcc's name replaced */
static void line_put(struct strbuf *b, const char *line, size_t len,
		     const char *name)
{
	const char *at, *end = line + len;

	while ((at = memmem(line, end - line, BCC_TEXT_NAME,
			    strlen(BCC_TEXT_NAME)))) {
		strbuf_printf(b, "%.*s%s", (int)(at - line), line, name);
		line = at + strlen(BCC_TEXT_NAME);
	}
	strbuf_printf(b, "%.*s\n", (int)(end - line), line);
}

/*
 * Where the bar of "  12 | quoted" or "     | ^~~" is, or 0 for another line.
 * HAS_NUMBER: it is the former.
 */
static size_t bar_of(const char *line, bool *has_number)
{
	size_t blank = strspn(line, " ");
	size_t digits = strspn(line + blank, "0123456789");
	size_t bar = blank + digits + strspn(line + blank + digits, " ");

	*has_number = digits;
	return blank && line[bar] == '|' ? bar : 0;
}

/*
 * How much of LINE is in front of what it quotes. One with a number is told
 * from the text of a program, which has bars too, by the line below it. *BAR is
 * that of the line before, 0 for none.
 */
static size_t gutter(const char *line, const char *next, size_t *bar)
{
	bool has_number, next_number;
	size_t at = bar_of(line, &has_number);

	if (at != *bar &&
	    !(has_number && next && bar_of(next, &next_number) == at))
		at = 0;
	*bar = at;
	return !at ? 0 : line[at + 1] == ' ' ? at + 2 : at + 1;
}

char *talk_edit(char *talk, const char *name)
{
	char *line, *end, *next, *edited;
	struct strbuf b = {};
	size_t bar = 0, cut;

	for (line = talk; *line; line = next ?: end) {
		end = strchrnul(line, '\n');
		next = *end ? end + 1 : NULL;
		cut = gutter(line, next, &bar);
		line_put(&b, line + cut, end - line - cut, name);
	}
	edited = strbuf_take(&b, NULL);
	if (!edited)
		return talk;
	free(talk);
	return edited;
}
