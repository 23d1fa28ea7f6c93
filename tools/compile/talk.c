// SPDX-License-Identifier: GPL-2.0
#include "compile/talk.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/bcc.h"

/* LEN bytes at LINE, libbcc's name replaced */
static void line_put(FILE *f, const char *line, size_t len, const char *name)
{
	const char *at, *end = line + len;

	while ((at = memmem(line, end - line, BCC_TEXT_NAME,
			    strlen(BCC_TEXT_NAME)))) {
		fprintf(f, "%.*s%s", (int)(at - line), line, name);
		line = at + strlen(BCC_TEXT_NAME);
	}
	fprintf(f, "%.*s\n", (int)(end - line), line);
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
	char *buf = NULL, *line, *end, *next;
	size_t size, bar = 0, cut;
	FILE *f = open_memstream(&buf, &size);

	if (!f)
		return talk;
	for (line = talk; *line; line = next ?: end) {
		end = strchrnul(line, '\n');
		next = *end ? end + 1 : NULL;
		cut = gutter(line, next, &bar);
		line_put(f, line + cut, end - line - cut, name);
	}
	fclose(f);
	free(talk);
	return buf;
}
