// SPDX-License-Identifier: GPL-2.0
#include "front/check.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compile/bcc.h"
#include "compile/cache.h"
#include "compile/headers.h"
#include "kernel/caps.h"
#include "kernel/events.h"
#include "kernel/function.h"
#include "kernel/hook.h"

#define WHY 256

/* Of memory, for some row: that it says "no" is then no answer. */
static bool was_short;

/* True when it works; WHY says how, or why not and what to do. */
typedef bool (*check_fn)(char *why);

__attribute__((format(printf, 3, 4))) static bool say(char *why, bool works,
						      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, WHY, fmt, ap);
	va_end(ap);
	return works;
}

static bool check_privileges(char *why)
{
	char missing[128];

	if (!caps_check(CAPS_TRACE, missing, sizeof(missing)))
		return say(why, false, "%s missing: run it as root", missing);
	return say(why, true, "CAP_BPF, CAP_PERFMON, CAP_NET_RAW");
}

static bool check_btf(char *why)
{
	const char *path = "/sys/kernel/btf/vmlinux";
	struct stat st;

	if (stat(path, &st))
		return say(why, false, "%s: %s (needs CONFIG_DEBUG_INFO_BTF=y)",
			   path, strerror(errno));
	return say(why, true, "%s, %lld bytes: no headers needed", path,
		   (long long)st.st_size);
}

static bool check_headers(char *why)
{
	struct headers_opts opts = {.choice = HEADERS_KERNEL};
	struct headers h;

	if (headers_get("", &opts, &h, why, WHY))
		return false;
	return say(why, true, "%.200s, as slow as they are", h.dirs[0]);
}

static bool check_libbcc(char *why)
{
	const char *path = bcc_library();

	if (!path)
		return say(why, false,
			   "libbcc.so.0 not found (apt-get install libbpfcc)");
	return say(why, true, "%s", path);
}

static bool check_jail(char *why)
{
	char missing[128];
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	if (!caps_check(CAPS_COMPILE, missing, sizeof(missing)))
		return say(why, false, "%s missing: only cached programs run",
			   missing);
	if (abi < 0)
		return say(why, true,
			   "chroot alone: the kernel has no Landlock (%s)",
			   strerror(errno));
	return say(why, true, "Landlock version %ld, chroot, seccomp%s", abi,
		   caps_check(CAPS_NETNS, missing, sizeof(missing))
			   ? ", namespaces"
			   : "");
}

static bool check_cache(char *why)
{
	int fd = cache_open(CACHE_DIR);

	if (fd < 0)
		return say(why, false, "%s: %s; every start compiles",
			   CACHE_DIR, strerror(-fd));
	close(fd);
	return say(why, true, CACHE_DIR);
}

static bool check_perf(char *why)
{
	int err = events_probe();

	if (err)
		return say(why, false, "perf_event_open: %s", strerror(-err));
	return say(why, true, "perf_event_open on CPU 0");
}

/* "return VERDICT;", loaded as the hook's program for incoming packets is. */
static int empty_prog(const struct hook_ops *ops)
{
	const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = ops->verdict},
		{.code = BPF_JMP | BPF_EXIT},
	};
	const char *name = ops->progs[DIR_IN].kernel_name ?: "check";
	int fd = bpf_prog_load(ops->type, name, "GPL", insns, 2, NULL);

	return fd < 0 ? -errno : fd;
}

/* Attach an empty program to the loopback interface, and take it off again. */
static bool check_hook(const struct hook_ops *ops, char *why)
{
	const struct hook_where where = {.netns = -1};
	const struct hook_prog prog = {
		.ops = ops,
		.name = ops->check.function ?: "check",
		.fd = empty_prog(ops),
	};
	struct hook h;
	int err;

	if (prog.fd < 0)
		return say(why, false, "cannot load a program for it: %s",
			   strerror(-prog.fd));
	err = hook_attach(&h, &prog, ops->is_global ? NULL : "lo", &where, why,
			  WHY);
	hook_detach(&h, &where);
	close(prog.fd);
	was_short |= err == -ENOMEM;
	return err ? false : say(why, true, "attached and off again");
}

static bool check_function(char *why)
{
	bool is_kprobe;
	int err = function_probe(&is_kprobe);

	was_short |= err == -ENOMEM;
	if (err)
		return say(why, false,
			   "neither fentry nor kprobe: %s; before Linux 6.3 "
			   "who only sends is known late",
			   strerror(-err));
	return say(why, true, "by %s", function_way(is_kprobe));
}

/* What is not of a hook, in front of the hooks. */
static const struct {
	const char *what;
	check_fn fn;
	bool is_needed;
} checks[] = {
	{"privileges", check_privileges, true},
	{"kernel types (BTF)", check_btf, false},
	{"kernel headers", check_headers, false},
	{"compiler (libbcc)", check_libbcc, true},
	{"compiler's jail", check_jail, true},
	{"program cache", check_cache, false},
	{"perf buffers", check_perf, true},
};

static void row_print(FILE *f, const char *what, bool works, const char *why)
{
	fprintf(f, "%-3s  %-19s %s\n", works ? "yes" : "no", what, why);
}

/* True when all are there that are needed. */
static bool checks_print(FILE *f)
{
	bool has_types = false, is_fit = true, works;
	char why[WHY];
	size_t i;

	for (i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		works = checks[i].fn(why);
		row_print(f, checks[i].what, works, why);
		is_fit &= works || !checks[i].is_needed;
		has_types |= works && (checks[i].fn == check_btf ||
				       checks[i].fn == check_headers);
	}
	return is_fit && has_types;
}

/* Likewise. */
static bool hooks_print(FILE *f, const struct hook_ops *needed)
{
	const struct hook_ops *const *h;
	bool is_fit = true, works;
	char why[WHY], what[32];

	for (h = hooks; *h; h++) {
		works = check_hook(*h, why);
		snprintf(what, sizeof(what), "%s hook", (*h)->title);
		row_print(f, what, works, why);
		is_fit &= works || *h != needed;
	}
	return is_fit;
}

int check_print(FILE *f, const char *tool, const struct hook_ops *needed)
{
	bool is_fit = checks_print(f), works;
	char why[WHY];

	is_fit &= hooks_print(f, needed);
	works = check_function(why);
	row_print(f, "kernel functions", works, why);
	if (was_short)
		return -ENOMEM;
	fprintf(f, "%s %s run here\n", tool, is_fit ? "can" : "cannot");
	return is_fit ? 0 : -EIO;
}
