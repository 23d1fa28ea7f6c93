// SPDX-License-Identifier: GPL-2.0
#include "compile/typed.h"

#include <string.h>

#define PREFIX "raw_tracepoint__typed__"

const char *typed_name(const char *name)
{
	size_t len = strlen(PREFIX);

	return strncmp(name, PREFIX, len) ? NULL : name + len;
}
