// SPDX-License-Identifier: GPL-2.0
#include "compile/embed.h"

#include <string.h>

const char *embedded_text(const char *path)
{
	const struct embedded *e;

	for (e = embedded_files; e->path; e++)
		if (!strcmp(e->path, path))
			return e->text;
	return NULL;
}
