// SPDX-License-Identifier: GPL-2.0
#include "kernel/probe_attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_read.h"
#include "base/text.h"
#include "kernel/attach_perf.h"
#include "kernel/elf_symbol.h"
#include "kernel/kernel_btf.h"

#ifdef __x86_64__
#define SYSCALL_PREFIX "__x64_"
#else
#define SYSCALL_PREFIX "__arm64_"
#endif
#define ENOTSUPP_KERNEL \
	524 /* linux/errno.h: not for user space, but it comes */

static int fail(struct load_error *err, const struct probe *p, int ret,
		const char *why)
{
	const struct probe_type *type = probe_type(p->kind);
	char target[256];

	/* The cause must not be cut off behind a long path. */
	snprintf(err->text, sizeof(err->text),
		 "cannot attach %s() to %s%s%s: %s", p->function,
		 type->name ?: "", type->name && *p->target ? " " : "",
		 text_tail(target, sizeof(target), p->target), why);
	return ret;
}

/* What an errno of a perf event, raw tracepoint or trampoline means. */
static int fail_errno(struct load_error *err, const struct probe *p, int ret)
{
	switch (ret) {
	case -ENOENT:
		return fail(err, p, -EOPNOTSUPP, "this kernel has none");
	case -EOPNOTSUPP:
	case -ENOTSUPP_KERNEL:
		return fail(err, p, -EOPNOTSUPP, "this kernel cannot do that");
	case -ENOSYS:
		return fail(err, p, -EOPNOTSUPP,
			    "no tracefs is mounted (mount -t tracefs tracefs "
			    "/sys/kernel/tracing)");
	case -EPERM:
	case -EACCES:
		return fail(err, p, ret,
			    "Operation not permitted (CAP_PERFMON is needed)");
	default:
		return fail(err, p, ret, error_words(ret));
	}
}

static const struct hook_ops *packet_hook(enum probe_kind kind)
{
	switch (kind) {
	case PROBE_XDP:
		return &hook_xdp;
	case PROBE_TC_INGRESS:
	case PROBE_TC_EGRESS:
		return &hook_tc;
	case PROBE_SOCKET:
		return &hook_raw_socket;
	default:
		return NULL;
	}
}

static bool is_egress(const struct probe *p)
{
	return p->kind == PROBE_TC_EGRESS;
}

static int load_as_fill(struct load_as *as, const struct probe *p,
			struct load_error *err)
{
	const struct hook_ops *ops = packet_hook(p->kind);

	*as = (struct load_as){.type = probe_type(p->kind)->type};
	if (ops)
		as->name = ops->progs[is_egress(p)].kernel_name;
	if (p->kind != PROBE_FENTRY && p->kind != PROBE_FEXIT)
		return 0;
	as->attach_type =
		p->kind == PROBE_FENTRY ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT;
	as->btf_id = btf_find_id(kernel_btf(), BTF_KIND_FUNC, p->target);
	return as->btf_id ? 0
			  : fail_errno(err, p, kernel_btf_error() ?: -ENOENT);
}

int probe_load(const struct loaded *l, const struct probe *p,
	       const struct probe *like, struct load_error *err)
{
	struct load_as as;
	int ret;

	memset(err, 0, sizeof(*err));
	ret = load_as_fill(&as, p->kind == PROBE_TAIL ? like : p, err);
	if (ret)
		return ret;
	ret = load_prog(l, p->function, &as, err);
	/* Of a kernel that has no trampolines, too. */
	return ret == -EPERM && as.btf_id ? fail_errno(err, p, -EOPNOTSUPP)
					  : ret;
}

/* System calls by their common names, as BCC's tools name them. */
static int function_probe_attach(const struct probe *p, int prog_fd)
{
	bool is_return = p->kind == PROBE_KRETPROBE;
	int fd = kprobe_attach(p->target, is_return, prog_fd);
	char name[PROBE_TARGET + sizeof(SYSCALL_PREFIX)];

	if (fd == -EOPNOTSUPP || fd >= 0 || strncmp(p->target, "sys_", 4))
		return fd;
	snprintf(name, sizeof(name), SYSCALL_PREFIX "%s", p->target);
	return kprobe_attach(name, is_return, prog_fd);
}

static int symbol_fail(struct load_error *err, const struct probe *p, int ret)
{
	char why[64];

	switch (ret) {
	case -ENOENT:
		return fail(err, p, ret, "it has no such function");
	case -ENOEXEC:
		return fail(err, p, ret, "it is no ELF file for this machine");
	case -EBADMSG:
		return fail(err, p, ret,
			    "it is a damaged ELF file, or is cut short");
	case -EFBIG:
		snprintf(why, sizeof(why), "its symbols take more than %u MiB",
			 ELF_TABLES_MAX >> 20);
		return fail(err, p, ret, why);
	default:
		return fail(err, p, ret, file_fault(ret));
	}
}

int probe_resolve(struct probe *p, struct load_error *err)
{
	char name[PROBE_TARGET], path[PATH_MAX], *symbol;
	struct stat st;
	int ret;

	memset(err, 0, sizeof(*err));
	if (p->kind != PROBE_UPROBE && p->kind != PROBE_URETPROBE)
		return 0;
	snprintf(name, sizeof(name), "%s", p->target);
	symbol = strrchr(name, ':');
	*symbol++ = 0;
	ret = elf_find(name, path);
	if (ret == -ENOMEM)
		return fail(err, p, ret, strerror(-ret));
	p->binary = ret ?: file_open(AT_FDCWD, path, 0, &st);
	if (p->binary == -ENOENT)
		return fail(err, p, -ENOENT, "there is no such file");
	if (p->binary < 0)
		return fail(err, p, p->binary, file_fault(p->binary));
	ret = elf_symbol_offset(p->binary, symbol, &p->offset);
	return ret ? symbol_fail(err, p, ret) : 0;
}

void probe_release(struct probe *p)
{
	if (p->binary >= 0)
		close(p->binary);
	p->binary = -1;
}

static int tracepoint_fd(const struct probe *p, int prog_fd)
{
	char category[PROBE_TARGET], *event;

	snprintf(category, sizeof(category), "%s", p->target);
	event = strchr(category, ':');
	if (!event)
		return -ENOENT;
	*event++ = 0;
	return tracepoint_attach(category, event, prog_fd);
}

/* A program that is called by the kernel with no packet in its hands. */
static int event_attach(const struct probe *p, int prog_fd,
			struct load_error *err)
{
	int fd;

	switch (p->kind) {
	case PROBE_TRACEPOINT:
		fd = tracepoint_fd(p, prog_fd);
		break;
	case PROBE_KPROBE:
	case PROBE_KRETPROBE:
		fd = function_probe_attach(p, prog_fd);
		break;
	case PROBE_UPROBE:
	case PROBE_URETPROBE:
		fd = uprobe_attach(p->binary, p->offset,
				   p->kind == PROBE_URETPROBE, prog_fd);
		break;
	default:
		fd = bpf_raw_tracepoint_open(
			p->kind == PROBE_RAW_TRACEPOINT ? p->target : NULL,
			prog_fd);
		fd = fd < 0 ? -errno : fd;
	}
	return fd < 0 ? fail_errno(err, p, fd) : fd;
}

int probe_attach(struct attachment *a, const struct probe *p, int prog_fd,
		 const char *ifname, const struct hook_where *where,
		 struct load_error *err)
{
	const struct hook_prog prog = {
		.ops = packet_hook(p->kind),
		.name = p->function,
		.fd = prog_fd,
		.is_out = is_egress(p),
	};

	*a = (struct attachment){.probe = p, .fd = -1};
	memset(err, 0, sizeof(*err));
	if (prog.ops)
		return hook_attach(&a->hook, &prog, ifname, where, err->text,
				   sizeof(err->text));
	a->fd = event_attach(p, prog_fd, err);
	return a->fd < 0 ? a->fd : 0;
}

int probe_put(const struct loaded *l, const struct probe *p, int prog_fd,
	      struct load_error *err)
{
	char name[IMAGE_NAME];
	const struct map_shape shape =
		MAP_SHAPE(name, PROG_ARRAY, unsigned, int);
	unsigned index;
	int map;

	memset(err, 0, sizeof(*err));
	if (!probe_tail_parse(p->target, name, &index))
		return -EINVAL;
	map = load_map_fd(l, &shape);
	if (map < 0)
		return fail(err, p, map,
			    map == -ENOENT ? "the program has no such map"
					   : "it is no BPF_PROG_ARRAY()");
	if (bpf_map_update_elem(map, &index, &prog_fd, BPF_ANY))
		return fail(err, p, -errno,
			    errno == E2BIG ? "it has no such entry"
					   : strerror(errno));
	return 0;
}

void probe_detach(struct attachment *a, const struct hook_where *where)
{
	hook_detach(&a->hook, where);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

uint32_t probe_nr_passed(const struct attachment *a)
{
	struct tpacket_stats stats = {};
	socklen_t len = sizeof(stats);

	if (a->probe->kind != PROBE_SOCKET || a->hook.fd < 0 ||
	    getsockopt(a->hook.fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len))
		return 0;
	return stats.tp_packets;
}
