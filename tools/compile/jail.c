// SPDX-License-Identifier: GPL-2.0
#include "compile/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "compile/syscall_filter.h"

#define NOBODY 65534
#define MEMORY_MAX (4ull << 30) /* address space; LLVM maps 150 MB of it */

/* The rights that Landlock's first version knows; all are taken away. */
#define LANDLOCK_ALL ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

/*
 * An empty session keyring in place of the tracer's, which may reach any of
 * root's keys. Where none can be had (a kernel or a container without keys, no
 * room for more) the filter suffices: it leaves the child no call about keys.
 */
static int keys_leave(void)
{
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	return 0;
}

static rlim_t least(rlim_t a, rlim_t b)
{
	return a < b ? a : b;
}

static int limits_set(const struct jail *jail)
{
	const struct {
		int what;
		rlim_t soft, hard;
	} limits[] = {
		/* Hard one second later: SIGXCPU first, to be told apart. */
		{RLIMIT_CPU, jail->limit_s, jail->limit_s + 1},
#ifndef __SANITIZE_ADDRESS__ /* whose shadow takes 16 TB */
		{RLIMIT_AS, MEMORY_MAX, MEMORY_MAX},
#endif
		{RLIMIT_FSIZE, 0, 0},
		{RLIMIT_MEMLOCK, 0, 0},
		{RLIMIT_CORE, 0, 0},
		{RLIMIT_NPROC, 0, 0},
		{RLIMIT_NOFILE, 256, 256},
	};
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit rl = {limits[i].soft, limits[i].hard}, was;

		/* A limit of the tracer's own is not raised. */
		if (getrlimit(limits[i].what, &was))
			return -errno;
		rl.rlim_cur = least(rl.rlim_cur, was.rlim_max);
		rl.rlim_max = least(rl.rlim_max, was.rlim_max);
		if (setrlimit(limits[i].what, &rl))
			return -errno;
	}
	return 0;
}

static int landlock_allow(int ruleset, const char *dir)
{
	struct landlock_path_beneath_attr attr = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE |
				  LANDLOCK_ACCESS_FS_READ_DIR,
		.parent_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	int err = 0;

	if (attr.parent_fd < 0)
		return -errno;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		    &attr, 0))
		err = -errno;
	close(attr.parent_fd);
	return err;
}

/* 0, -ENOSYS or -EOPNOTSUPP where the kernel has no Landlock. */
static int landlock_enter(const struct jail *jail)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = LANDLOCK_ALL};
	int ruleset, err = 0;
	size_t i;

	ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return -errno;
	for (i = 0; !err && jail->dirs[i][0]; i++)
		err = landlock_allow(ruleset, jail->dirs[i]);
	if (!err && syscall(SYS_landlock_restrict_self, ruleset, 0))
		err = -errno;
	close(ruleset);
	return err;
}

/*
 * One barrier where it suffices, both where both are to be had: the header
 * tree as the root, and Landlock, which also covers trees that are spread out.
 */
static int files_lock(const struct jail *jail)
{
	int err = landlock_enter(jail);

	if (err && !(jail->want_root && (err == -ENOSYS || err == -EOPNOTSUPP)))
		return err;
	if (jail->want_root && (chroot(jail->dirs[0]) || chdir("/")))
		return err ? -errno : 0;
	return 0;
}

static int become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		return -errno;
	return 0;
}

static int caps_drop(void)
{
	cap_t none = cap_init();
	int err = 0;

	if (!none)
		return -ENOMEM;
	if (cap_set_proc(none))
		err = -errno;
	cap_free(none);
	return err;
}

static int bounding_drop(void)
{
	int cap;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap))
			return -errno;
	return 0;
}

static int no_new_privs(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

/* Changing the user clears this, so it comes late. */
static int die_with_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) ? -errno : 0;
}

static int syscalls_lock(const struct jail *jail)
{
	return syscall_filter_enter(jail->refused, jail->bpf);
}

int jail_enter(const struct jail *jail, char *err, size_t err_size)
{
	const struct {
		const char *what;
		int (*plain)(void);
		int (*with)(const struct jail *jail);
	} steps[] = {
		{"take its keys", .plain = keys_leave},
		{"limit its resources", .with = limits_set},
		{"give up gaining privileges", .plain = no_new_privs},
		{"confine it to the header files", .with = files_lock},
		{"drop its bounding set (CAP_SETPCAP)", .plain = bounding_drop},
		{"make it nobody (CAP_SETUID, CAP_SETGID)",
		 .plain = become_nobody},
		{"drop its capabilities", .plain = caps_drop},
		{"tie it to the tracer", .plain = die_with_parent},
		{"forbid it system calls", .with = syscalls_lock},
	};
	size_t i;
	int ret;

	for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		ret = steps[i].plain ? steps[i].plain() : steps[i].with(jail);
		if (ret) {
			snprintf(err, err_size, "cannot %s: %s", steps[i].what,
				 strerror(-ret));
			return ret;
		}
	}
	return 0;
}
