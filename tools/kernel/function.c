// SPDX-License-Identifier: GPL-2.0
#include "kernel/function.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "kernel/attach_perf.h"
#include "kernel/kernel_btf.h"

#define PROBED "tcp_sendmsg" /* exists on every kernel with TCP */

const char *function_way(bool is_kprobe)
{
	return is_kprobe ? "kprobe" : "fentry";
}

static int fentry_open(int prog)
{
	int fd = bpf_raw_tracepoint_open(NULL, prog);

	return fd < 0 ? -errno : fd;
}

/* 0 for "no BTF says so". */
static struct load_as fentry_as(const char *name)
{
	return (struct load_as){
		.type = BPF_PROG_TYPE_TRACING,
		.attach_type = BPF_TRACE_FENTRY,
		.btf_id = btf_find_id(kernel_btf(), BTF_KIND_FUNC, name),
	};
}

static int fentry_try(const struct loaded *l, const char *name,
		      struct load_error *err)
{
	struct load_as as = fentry_as(name);
	char prog_name[64];
	int prog, fd;

	if (!as.btf_id)
		return -ENOENT;
	snprintf(prog_name, sizeof(prog_name), "fentry__%s", name);
	prog = load_prog(l, prog_name, &as, err);
	if (prog < 0)
		return prog;
	fd = fentry_open(prog);
	close(prog);
	return fd;
}

static int kprobe_try(const struct loaded *l, const char *name,
		      struct load_error *err)
{
	const struct load_as as = {.type = BPF_PROG_TYPE_KPROBE};
	char prog_name[64];
	int prog, fd;

	snprintf(prog_name, sizeof(prog_name), "kprobe__%s", name);
	prog = load_prog(l, prog_name, &as, err);
	if (prog < 0)
		return prog;
	fd = kprobe_attach(name, false, prog);
	close(prog);
	if (fd < 0)
		snprintf(err->text, sizeof(err->text),
			 "cannot attach to the kernel function %s(): %s", name,
			 error_words(fd));
	return fd;
}

int function_attach(const struct loaded *l, const char *name, bool *is_kprobe,
		    struct load_error *err)
{
	int fd = fentry_try(l, name, err);

	*is_kprobe = fd < 0;
	if (fd >= 0)
		return fd;
	free(err->detail);
	return kprobe_try(l, name, err);
}

static int empty_prog(const struct load_as *as)
{
	static const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .attach_btf_id = as->btf_id,
		    .expected_attach_type = as->attach_type);
	int fd = bpf_prog_load(as->type, "probe", "GPL", insns, 2, &opts);

	return fd < 0 ? -errno : fd;
}

static int probe(bool is_kprobe)
{
	const struct load_as as =
		is_kprobe ? (struct load_as){.type = BPF_PROG_TYPE_KPROBE}
			  : fentry_as(PROBED);
	int prog = empty_prog(&as), fd = prog;

	if (prog >= 0) {
		fd = is_kprobe ? kprobe_attach(PROBED, false, prog)
			       : fentry_open(prog);
		close(prog);
	}
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int function_probe(bool *is_kprobe)
{
	*is_kprobe = probe(false) != 0;
	if (*is_kprobe && kernel_btf_error())
		return kernel_btf_error();
	return *is_kprobe ? probe(true) : 0;
}
