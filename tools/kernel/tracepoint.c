// SPDX-License-Identifier: GPL-2.0
#include "kernel/tracepoint.h"

#include <errno.h>
#include <stdio.h>

#include "kernel/kernel_btf.h"

int tracepoint_nr_args_in(const struct btf_raw *btf, const char *name)
{
	char type[96];
	const struct btf_type *t;

	snprintf(type, sizeof(type), "btf_trace_%s", name);
	t = btf_find(btf, BTF_KIND_TYPEDEF, type);
	if (t)
		t = btf_raw_type(btf, t->type);
	if (t && BTF_INFO_KIND(t->info) == BTF_KIND_PTR)
		t = btf_raw_type(btf, t->type);
	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_FUNC_PROTO)
		return -ENOENT;
	/* The first parameter is the tracepoint's own. */
	return BTF_INFO_VLEN(t->info) ? (int)BTF_INFO_VLEN(t->info) - 1
				      : -ENOENT;
}

int tracepoint_nr_args(const char *name)
{
	return tracepoint_nr_args_in(kernel_btf(), name);
}

bool tracepoint_exists(const char *name)
{
	return tracepoint_nr_args(name) >= 0;
}
