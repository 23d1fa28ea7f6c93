// SPDX-License-Identifier: GPL-2.0
#include "compile/btf_pads.h"

#include <string.h>

#include "base/strbuf.h"

#define PAD "long: 64;\n"

/* The end of the line at TEXT when it is padding and nothing else, or NULL. */
static const char *pad_end(const char *text)
{
	const char *p = text + strspn(text, "\t");

	return p > text && !strncmp(p, PAD, strlen(PAD)) ? p + strlen(PAD)
							 : NULL;
}

static const char *line_end(const char *text)
{
	const char *end = strchr(text, '\n');

	return end ? end + 1 : text + strlen(text);
}

char *btf_pads_name(const char *text)
{
	const char *end, *last;
	unsigned nr_pads = 0, nr;
	struct strbuf b = {};

	for (; *text; text = end) {
		last = NULL;
		for (nr = 0, end = text; (end = pad_end(end)); nr++)
			last = end;
		if (!last) {
			end = line_end(text);
			strbuf_mem(&b, text, end - text);
			continue;
		}
		strbuf_printf(&b, "%.*slong __pad%u[%u];\n",
			      (int)strspn(text, "\t"), text, nr_pads++, nr);
		end = last;
	}
	return strbuf_take(&b, NULL);
}
