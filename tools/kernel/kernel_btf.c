// SPDX-License-Identifier: GPL-2.0
#include "kernel/kernel_btf.h"

#include <errno.h>
#include <stdbool.h>

#include "compile/btf_tree.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"

static struct btf_file file;
static struct btf_raw vmlinux;
static bool was_short; /* of memory */

const struct btf_raw *kernel_btf(void)
{
	int err;

	if (vmlinux.nr)
		return &vmlinux;
	err = btf_file_open(&file, VMLINUX);
	if (!err)
		err = btf_raw_open(&vmlinux, file.raw, file.size);
	if (!err)
		return &vmlinux;
	if (err == -ENOMEM)
		was_short = true;
	kernel_btf_drop();
	return NULL;
}

int kernel_btf_error(void)
{
	return was_short ? -ENOMEM : 0;
}

void kernel_btf_drop(void)
{
	btf_raw_close(&vmlinux);
	btf_file_close(&file);
}
