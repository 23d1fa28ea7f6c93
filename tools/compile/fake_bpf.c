// SPDX-License-Identifier: GPL-2.0
#include "compile/fake_bpf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile/image.h"

/* One for each descriptor that the compile child may have (RLIMIT_NOFILE). */
#define OBJECTS 256

static struct {
	bool is_made;
	enum bpf_cmd cmd;
	union bpf_attr attr;
} objects[OBJECTS];

static bool was_short;

/* *PTR, NR records of REC bytes, becomes a copy. 0 or -errno. */
static int copy(__u64 *ptr, uint64_t nr, uint64_t rec)
{
	uint64_t size = nr * rec;
	void *to;

	if (nr > IMAGE_MAX || rec > IMAGE_MAX || size > IMAGE_MAX)
		return -E2BIG;
	if (!*ptr || !size) {
		*ptr = 0;
		return 0;
	}
	to = malloc(size);
	if (!to) {
		was_short = true;
		return -ENOMEM;
	}
	memcpy(to, (const void *)(uintptr_t)*ptr, size);
	*ptr = (uintptr_t)to;
	return 0;
}

static void pointers_free(enum bpf_cmd cmd, const union bpf_attr *attr)
{
	if (cmd == BPF_BTF_LOAD)
		free((void *)(uintptr_t)attr->btf);
	if (cmd == BPF_PROG_LOAD) {
		free((void *)(uintptr_t)attr->func_info);
		free((void *)(uintptr_t)attr->line_info);
	}
}

static int pointers_copy(enum bpf_cmd cmd, union bpf_attr *attr)
{
	int err;

	switch (cmd) {
	case BPF_MAP_CREATE:
		return 0;
	case BPF_BTF_LOAD:
		return copy(&attr->btf, attr->btf_size, 1);
	case BPF_PROG_LOAD:
		err = copy(&attr->func_info, attr->func_info_cnt,
			   attr->func_info_rec_size);
		if (err)
			return err;
		err = copy(&attr->line_info, attr->line_info_cnt,
			   attr->line_info_rec_size);
		if (err)
			free((void *)(uintptr_t)attr->func_info);
		return err;
	default:
		return -EPERM;
	}
}

long fake_bpf(int cmd, const void *attr, size_t size)
{
	union bpf_attr own = {};
	int err, fd;

	memcpy(&own, attr, size < sizeof(own) ? size : sizeof(own));
	err = pointers_copy(cmd, &own);
	if (err)
		return err;
	/* Any file will do: it is there to be unlike the others, and closed. */
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd < 0 || fd >= OBJECTS) {
		err = fd < 0 ? -errno : -EMFILE;
		if (fd >= 0)
			close(fd);
		pointers_free(cmd, &own);
		return err;
	}
	if (objects[fd].is_made)
		pointers_free(objects[fd].cmd, &objects[fd].attr);
	objects[fd].is_made = true;
	objects[fd].cmd = cmd;
	objects[fd].attr = own;
	return fd;
}

const union bpf_attr *fake_bpf_attr(int fd, enum bpf_cmd cmd)
{
	if (fd < 0 || fd >= OBJECTS || !objects[fd].is_made ||
	    objects[fd].cmd != cmd)
		return NULL;
	return &objects[fd].attr;
}

bool fake_bpf_was_short(void)
{
	return was_short;
}
