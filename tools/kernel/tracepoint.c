// SPDX-License-Identifier: GPL-2.0
#include "kernel/tracepoint.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compile/named.h"
#include "kernel/kernel_btf.h"

const char *tracepoint_of(const char *prog)
{
	return named_target(prog) ?: prog;
}

int tracepoint_open(const char *name, int prog_fd)
{
	int fd = bpf_raw_tracepoint_open(name, prog_fd);

	/* Of a typed one the kernel knows the name, and wants to hear none. */
	if (fd < 0 && errno == EINVAL)
		fd = bpf_raw_tracepoint_open(NULL, prog_fd);
	return fd < 0 ? -errno : fd;
}

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
