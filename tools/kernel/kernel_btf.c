// SPDX-License-Identifier: GPL-2.0
#include "kernel/kernel_btf.h"

#include "compile/btf_tree.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"

static struct btf_file file;
static struct btf_raw vmlinux;

const struct btf_raw *kernel_btf(void)
{
	if (vmlinux.nr)
		return &vmlinux;
	if (btf_file_open(&file, VMLINUX))
		return NULL;
	if (!btf_raw_open(&vmlinux, file.raw, file.size))
		return &vmlinux;
	kernel_btf_drop();
	return NULL;
}

void kernel_btf_drop(void)
{
	btf_raw_close(&vmlinux);
	btf_file_close(&file);
}
