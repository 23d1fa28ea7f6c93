// SPDX-License-Identifier: GPL-2.0
/*
 * Inside the real jail: every system call that is not on its list is made, by
 * number, and those of the threat by name; and what is left of a process there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/futex.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "compile/fake_bpf.h"
#include "compile/jail.h"
#include "live/ns.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define LOCKED_IN 42 /* exit status of what went well */

static char dir[] = "/tmp/jail_test.XXXXXX";

/* What a child found out, for all to see */
static struct {
	struct syscalls_refused refused;
	int err[SYSCALLS_MAX]; /* 0: it was not refused */
} * found;

static void enter(void)
{
	char dirs[2][PATH_MAX] = {"", ""};
	struct jail jail = {
		.dirs = (const char(*)[PATH_MAX])dirs,
		.want_root = true,
		.limit_s = 20,
		.refused = &found->refused,
		.bpf = fake_bpf,
	};
	char err[256];

	strcpy(dirs[0], dir);
	if (jail_enter(&jail, err, sizeof(err))) {
		printf("# %s\n", err);
		fflush(stdout);
		_exit(1);
	}
}

/* How a process ends that enters the jail and does FN */
static int status_of(void (*fn)(void))
{
	int status;
	pid_t pid;

	memset(found, 0, sizeof(*found));
	pid = fork();
	if (!pid) {
		enter();
		fn();
		_exit(LOCKED_IN);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void in_jail(void (*fn)(void))
{
	int status = status_of(fn);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), LOCKED_IN);
}

static bool is_noted(unsigned nr)
{
	return found->refused.bits[nr / 64] >> nr % 64 & 1;
}

/* To be changed with care: each is one more way out for what a text does. */
static const unsigned allowed[] = {
	SYS_brk,
	SYS_chdir,
	SYS_clock_gettime,
	SYS_close,
	SYS_exit,
	SYS_exit_group,
	SYS_faccessat,
	SYS_faccessat2,
	SYS_fcntl,
	SYS_fstat,
	SYS_futex,
	SYS_getcwd,
	SYS_getdents64,
	SYS_getegid,
	SYS_geteuid,
	SYS_getgid,
	SYS_getpid,
	SYS_getrandom,
	SYS_gettid,
	SYS_gettimeofday,
	SYS_getuid,
	SYS_ioctl,
	SYS_lseek,
	SYS_madvise,
	SYS_mmap,
	SYS_mprotect,
	SYS_mremap,
	SYS_munmap,
	SYS_newfstatat,
	SYS_openat,
	SYS_pread64,
	SYS_prlimit64,
	SYS_read,
	SYS_readlinkat,
	SYS_restart_syscall,
	SYS_rt_sigaction,
	SYS_rt_sigprocmask,
	SYS_rt_sigreturn,
	SYS_sched_getaffinity,
	SYS_sched_yield,
	SYS_sigaltstack,
	SYS_statx,
	SYS_sysinfo,
	SYS_uname,
	SYS_write,
	SYS_writev,
#ifdef SYS_open
	SYS_access,
	SYS_lstat,
	SYS_open,
	SYS_readlink,
	SYS_stat,
	SYS_time,
#endif
};

static bool is_allowed(unsigned nr)
{
	size_t i;

	for (i = 0; i < NR(allowed); i++)
		if (allowed[i] == nr)
			return true;
	return false;
}

/*
 * bpf() is answered: see test_bpf(). No seccomp filter is asked about the two
 * that uprobes on x86-64 put into a program; whoever else makes one is killed.
 */
static bool is_refused(unsigned nr)
{
#ifdef __x86_64__
	if (nr == 335 || nr == 336) /* uretprobe(), uprobe() */
		return false;
#endif
	return nr != SYS_bpf && !is_allowed(nr);
}

static void try_all(void)
{
	unsigned nr;

	for (nr = 0; nr < SYSCALLS_MAX; nr++)
		if (is_refused(nr) && syscall(nr, 0, 0, 0, 0, 0, 0) == -1)
			found->err[nr] = errno;
}

static void test_every_number(void **state)
{
	unsigned nr;

	in_jail(try_all);
	for (nr = 0; nr < SYSCALLS_MAX; nr++) {
		if (found->err[nr] != (is_refused(nr) ? ENOSYS : 0))
			fail_msg("system call %u: errno %d", nr,
				 found->err[nr]);
		if (is_noted(nr) != is_refused(nr))
			fail_msg("system call %u: noted: %d", nr, is_noted(nr));
	}
}

/* With what would do harm, were it let through. */
static const struct {
	const char *name;
	long nr;
	long args[6];
} harms[] = {
#define HARM(name, ...)             \
	{                           \
#name, SYS_##name,  \
		{                   \
			__VA_ARGS__ \
		}                   \
	}
	/* other processes */
	HARM(kill, -1, SIGTERM),
	HARM(tkill, 1, SIGTERM),
	HARM(tgkill, 1, 1, SIGTERM),
	HARM(rt_sigqueueinfo, 1, SIGTERM),
	HARM(rt_tgsigqueueinfo, 1, 1, SIGTERM),
	HARM(pidfd_open, 1),
	HARM(pidfd_getfd, 0, 0),
	HARM(pidfd_send_signal, 0, SIGTERM),
	HARM(process_madvise, 0),
	HARM(process_vm_readv, 1),
	HARM(process_vm_writev, 1),
	HARM(ptrace, 16 /* PTRACE_ATTACH */, 1),
	HARM(kcmp, 1, 1),
	HARM(move_pages, 1),
	HARM(migrate_pages, 1),
	HARM(setpriority, PRIO_USER, 0, 19),
	HARM(ioprio_set, 3, 0, 0x6000),
	HARM(sched_setscheduler, 1),
	HARM(sched_setparam, 1),
	HARM(sched_setattr, 1),
	HARM(sched_setaffinity, 1, 0, 0),
	/* the group and the parent that it is to die with */
	HARM(setsid),
	HARM(setpgid),
	HARM(prctl, PR_SET_PDEATHSIG, 0),
	HARM(clone, SIGCHLD),
	HARM(clone3),
	HARM(execve),
	HARM(execveat),
	/* what stays behind */
	HARM(shmget, IPC_PRIVATE, 4096, 0666),
	HARM(shmat),
	HARM(shmctl),
	HARM(semget, IPC_PRIVATE, 1, 0666),
	HARM(semop),
	HARM(semctl),
	HARM(msgget, IPC_PRIVATE, 0666),
	HARM(msgsnd),
	HARM(msgctl),
	HARM(mq_open),
	HARM(mq_unlink),
	HARM(memfd_create, (long)"x", 0),
	HARM(mkdirat),
	HARM(mknodat),
	HARM(unlinkat),
	HARM(renameat2),
	HARM(linkat),
	HARM(symlinkat),
	HARM(ftruncate),
	HARM(fallocate),
	HARM(setxattr),
	HARM(inotify_init1),
	HARM(timer_create),
	/* keys */
	HARM(keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3, 0),
	HARM(add_key),
	HARM(request_key),
	/* networks, files of others, another view */
	HARM(socket, 1, 1, 0),
	HARM(socketpair, 1, 1, 0),
	HARM(mount),
	HARM(umount2),
	HARM(pivot_root),
	HARM(chroot, (long)"/"),
	HARM(move_mount),
	HARM(open_tree),
	HARM(fsopen),
	HARM(mount_setattr),
	HARM(open_by_handle_at),
	HARM(openat2),
	HARM(unshare, CLONE_NEWUSER),
	HARM(setns),
	HARM(landlock_restrict_self),
	HARM(setuid),
	HARM(setresuid),
	HARM(capset),
	HARM(setrlimit),
	HARM(personality, 0x0400000 /* READ_IMPLIES_EXEC */),
	/* much of the kernel */
	HARM(perf_event_open),
	HARM(io_uring_setup, 1),
	HARM(io_uring_enter),
	HARM(io_uring_register),
	HARM(userfaultfd, 1),
	HARM(seccomp),
	HARM(init_module),
	HARM(finit_module),
	HARM(kexec_load),
	HARM(reboot),
	HARM(syslog, 3),
};

static void try_harms(void)
{
	size_t i;

	for (i = 0; i < NR(harms); i++) {
		const long *a = harms[i].args;

		if (syscall(harms[i].nr, a[0], a[1], a[2], a[3], a[4], a[5]) ==
		    -1)
			found->err[i] = errno;
	}
}

static void test_harms(void **state)
{
	char said[4096], name[64];
	size_t i;

	in_jail(try_harms);
	syscalls_refused_say(&found->refused, said + 2, sizeof(said) - 4);
	memcpy(said, ", ", 2);
	strcat(said, ", ");
	for (i = 0; i < NR(harms); i++) {
		snprintf(name, sizeof(name), ", %s, ", harms[i].name);
		if (found->err[i] != ENOSYS || !strstr(said, name))
			fail_msg("%s: errno %d, said: %s", harms[i].name,
				 found->err[i], said);
	}
}

#define GOOD 0
#define HIGH_HALF (1ll << 40)

static const struct {
	const char *what;
	long nr;
	long args[6];
	int err;
} arguments[] = {
	{"read a file", SYS_openat, {AT_FDCWD, (long)"/in"}, GOOD},
	{"write", SYS_openat, {AT_FDCWD, (long)"/in", O_WRONLY}, EPERM},
	{"read, write", SYS_openat, {AT_FDCWD, (long)"/in", O_RDWR}, EPERM},
	{"create", SYS_openat, {AT_FDCWD, (long)"/x", O_CREAT, 0666}, EPERM},
	{"empty", SYS_openat, {AT_FDCWD, (long)"/in", O_TRUNC}, EPERM},
	{"no name", SYS_openat, {AT_FDCWD, (long)"/", O_TMPFILE}, EPERM},
	{"out", SYS_openat, {AT_FDCWD, (long)"/../etc/passwd"}, ENOENT},
	{"flags of a file", SYS_fcntl, {0, F_GETFL}, GOOD},
	{"one more", SYS_fcntl, {0, F_DUPFD_CLOEXEC, 3}, GOOD},
	{"owner", SYS_fcntl, {0, F_SETOWN, 1}, EPERM},
	{"owner, extended", SYS_fcntl, {0, F_SETOWN_EX}, EPERM},
	{"signal", SYS_fcntl, {0, F_SETSIG, SIGKILL}, EPERM},
	{"lease", SYS_fcntl, {0, F_SETLEASE, F_RDLCK}, EPERM},
	{"notify", SYS_fcntl, {0, F_NOTIFY, DN_CREATE}, EPERM},
	{"set flags", SYS_fcntl, {0, F_SETFL, O_ASYNC}, EPERM},
	{"lock", SYS_fcntl, {0, F_SETLK}, EPERM},
	{"pipe", SYS_fcntl, {1, F_SETPIPE_SZ, 1 << 20}, EPERM},
	{"high half", SYS_fcntl, {0, F_GETFL | HIGH_HALF}, GOOD},
	{"terminal?", SYS_ioctl, {0, TCGETS}, ENOTTY},
	{"type for it", SYS_ioctl, {0, TIOCSTI, (long)"x"}, EPERM},
	{"signals for it", SYS_ioctl, {0, FIOASYNC}, EPERM},
	{"wake", SYS_futex, {(long)&arguments, FUTEX_WAKE_PRIVATE, 1}, GOOD},
	{"lend", SYS_futex, {0, FUTEX_LOCK_PI}, EPERM},
	{"lend, private", SYS_futex, {0, FUTEX_LOCK_PI_PRIVATE}, EPERM},
	{"move", SYS_futex, {0, FUTEX_CMP_REQUEUE_PI}, EPERM},
	{"be deaf", SYS_rt_sigaction, {SIGSYS, 0, 0, 8}, EPERM},
	{"own CPUs", SYS_sched_getaffinity, {0, 0, 0}, EINVAL},
	{"others' CPUs", SYS_sched_getaffinity, {1, 0, 0}, EPERM},
	{"own limits", SYS_prlimit64, {0, RLIMIT_CPU}, GOOD},
	{"others' limits", SYS_prlimit64, {1, RLIMIT_CPU}, EPERM},
	{"new limits", SYS_prlimit64, {0, RLIMIT_CPU, 4096}, EPERM},
	{"new limits, high", SYS_prlimit64, {0, RLIMIT_CPU, HIGH_HALF}, EPERM},
};

static void try_arguments(void)
{
	size_t i;

	for (i = 0; i < NR(arguments); i++) {
		const long *a = arguments[i].args;

		if (syscall(arguments[i].nr, a[0], a[1], a[2], a[3], a[4],
			    a[5]) == -1)
			found->err[i] = errno;
	}
}

static void test_arguments(void **state)
{
	size_t i;

	in_jail(try_arguments);
	for (i = 0; i < NR(arguments); i++)
		if (found->err[i] != arguments[i].err)
			fail_msg("%s: errno %d, not %d", arguments[i].what,
				 found->err[i], arguments[i].err);
	assert_true(is_noted(SYS_openat));
	assert_true(is_noted(SYS_prlimit64));
	assert_false(is_noted(SYS_read));
}

/* What no kernel would take is taken, as none is asked. */
static void try_bpf(void)
{
	union bpf_attr attr = {.map_type = 12345, .max_entries = 1};
	int cmd, fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	const union bpf_attr *made = fake_bpf_attr(fd, BPF_MAP_CREATE);

	if (!made || made->map_type != 12345 || close(fd) || is_noted(SYS_bpf))
		_exit(1);
	memset(&attr, 0, sizeof(attr));
	for (cmd = 0; cmd < 64; cmd++) {
		fd = syscall(SYS_bpf, cmd, &attr, sizeof(attr));
		if (fd < 0)
			found->err[cmd] = errno;
		else
			close(fd);
	}
}

static void test_bpf(void **state)
{
	int cmd;

	in_jail(try_bpf);
	assert_true(is_noted(SYS_bpf));
	for (cmd = 0; cmd < 64; cmd++) {
		bool is_answered = cmd == BPF_MAP_CREATE ||
				   cmd == BPF_PROG_LOAD || cmd == BPF_BTF_LOAD;

		if (found->err[cmd] != (is_answered ? 0 : EPERM))
			fail_msg("bpf(%d): errno %d", cmd, found->err[cmd]);
	}
}

static void try_blocked(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	syscall(SYS_socket, 1, 1, 0);
}

static void try_abort(void)
{
	abort();
}

#ifdef __x86_64__
static void try_other_table(void)
{
	syscall(0x40000000 + SYS_getpid); /* x32's */
}
#endif

static void test_ends(void **state)
{
	int status = status_of(try_blocked);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
	status = status_of(try_abort);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), SYSCALL_FILTER_ABORTED);
#ifdef __x86_64__
	status = status_of(try_other_table);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
#endif
}

/* A process that waits at two points, before the jail and in it */
struct waiting {
	pid_t pid;
	int says, hears;
};

static void point_out(int says, int hears)
{
	char c = 0;

	if (write(says, &c, 1) != 1 || read(hears, &c, 1) != 1)
		_exit(1);
}

static void waiting_start(struct waiting *w, void (*before)(void))
{
	int out[2], in[2];

	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(in), 0);
	w->pid = fork();
	if (!w->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		before();
		point_out(out[1], in[0]);
		enter();
		point_out(out[1], in[0]);
		_exit(LOCKED_IN);
	}
	w->says = out[0];
	w->hears = in[1];
	close(out[1]);
	close(in[0]);
}

static void waiting_reaches(const struct waiting *w)
{
	char c;

	assert_int_equal(read(w->says, &c, 1), 1);
}

static void waiting_goes_on(const struct waiting *w)
{
	assert_int_equal(write(w->hears, "", 1), 1);
}

static void waiting_ends(const struct waiting *w)
{
	int status;

	waiting_goes_on(w);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), LOCKED_IN);
	close(w->says);
	close(w->hears);
}

static void nothing(void)
{
}

/* The line KEY of the status of PID, blanks as one tab */
static void check_status(pid_t pid, const char *key, const char *want)
{
	char path[64], line[256], got[256] = "";
	size_t len = strlen(key);
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, key, len) && line[len] == ':')
			snprintf(got, sizeof(got), "%.*s",
				 (int)strcspn(line + len + 1, "\n"),
				 line + len + 1);
	fclose(f);
	if (strcmp(got, want))
		fail_msg("%s: '%s', not '%s'", key, got, want);
}

static void test_status(void **state)
{
	const char *const caps[] = {"CapInh", "CapPrm", "CapEff", "CapBnd",
				    "CapAmb"};
	struct waiting w;
	size_t i;

	waiting_start(&w, nothing);
	waiting_reaches(&w);
	waiting_goes_on(&w);
	waiting_reaches(&w);
	for (i = 0; i < NR(caps); i++)
		check_status(w.pid, caps[i], "\t0000000000000000");
	check_status(w.pid, "Uid", "\t65534\t65534\t65534\t65534");
	check_status(w.pid, "Gid", "\t65534\t65534\t65534\t65534");
	check_status(w.pid, "Groups", "\t ");
	check_status(w.pid, "NoNewPrivs", "\t1");
	check_status(w.pid, "Seccomp", "\t2");
	waiting_ends(&w);
}

static void key_name(char name[64], pid_t pid)
{
	snprintf(name, 64, "jail_test:%d", pid);
}

static void key_have(void)
{
	char name[64];

	key_name(name, getpid());
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);
	syscall(SYS_add_key, "user", name, "secret", 6,
		KEY_SPEC_SESSION_KEYRING);
}

/* Is the key of PID anywhere on the machine? */
static bool key_is_there(pid_t pid)
{
	FILE *f = fopen("/proc/keys", "r");
	char name[64], with[80], line[512];
	bool is_there = false;

	key_name(name, pid);
	snprintf(with, sizeof(with), " %s: ", name);
	while (f && fgets(line, sizeof(line), f))
		is_there |= strstr(line, " user ") && strstr(line, with);
	if (f)
		fclose(f);
	return is_there;
}

/* Its last holder gone, a key is removed soon after. */
static void test_keys(void **state)
{
	struct waiting w;
	bool was_there;
	int i;

	waiting_start(&w, key_have);
	waiting_reaches(&w);
	was_there = key_is_there(w.pid);
	waiting_goes_on(&w);
	waiting_reaches(&w);
	for (i = 0; i < 1000 && key_is_there(w.pid); i++)
		usleep(10000);
	assert_false(key_is_there(w.pid));
	waiting_ends(&w);
	if (!was_there) {
		print_message("# no keys in this kernel or container\n");
		skip();
	}
}

static int setup(void **state)
{
	char path[64];
	FILE *f;

	found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (found == MAP_FAILED || !mkdtemp(dir) || chmod(dir, 0755))
		return -1;
	snprintf(path, sizeof(path), "%s/in", dir);
	f = fopen(path, "w");
	return f ? fclose(f) : -1;
}

static int teardown(void **state)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/in", dir);
	return unlink(path) || rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_number),
		cmocka_unit_test(test_harms),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_bpf),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_keys),
	};

	if (is_without_root())
		return 0;
	return cmocka_run_group_tests(tests, setup, teardown);
}
