// SPDX-License-Identifier: GPL-2.0
#include "compile/syscall_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* The 32-bit halves of argument N, as both machines below have them. */
#define LOW(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#define HIGH(n) (LOW(n) + 4)
#define CONDS 3

/* (the half at AT & MASK) == VALUE, or, IS_NOT, anything else; none: MASK 0 */
struct cond {
	uint32_t at, mask, value;
	bool is_not;
};

/* clang-format off */
#define ARG_IS(n, v)		{LOW(n), UINT32_MAX, v, false}
#define ARG_IS_NOT(n, v)	{LOW(n), UINT32_MAX, v, true}
#define ARG_LACKS(n, bits)	{LOW(n), bits, 0, false}
#define ARG_IS_BUT_FOR(n, v, bits) {LOW(n), ~(uint32_t)(bits), v, false}
#define ARG_IS_NULL(n)		ARG_IS(n, 0), {HIGH(n), UINT32_MAX, 0, false}
#define CALL(name, ...)		{.nr = SYS_##name, .conds = {__VA_ARGS__}}
/* clang-format on */

/* A call that may be made when all of its conditions hold. */
struct rule {
	uint16_t nr;
	struct cond conds[CONDS];
};

#define WRITES \
	(O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))
#define FUTEX_IS(op) \
	ARG_IS_BUT_FOR(1, op, FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)
#define TERMIOS2_GET 0x802c542a /* TCGETS2, of a struct that is nowhere here */

/*
 * Those that libbcc and LLVM make, with glibc's malloc(), jemalloc, mimalloc or
 * tcmalloc, and on their way out when they fail; then what the same code takes
 * in their place on another machine, C library or clock. Any rule of a call
 * will do; rules of one call stand together.
 */
static const struct rule rules[] = {
	/* files, to be read */
	CALL(newfstatat),
	CALL(readlinkat),
	CALL(openat, ARG_LACKS(2, WRITES)),
	CALL(close),
	CALL(read),
	CALL(pread64),
	CALL(lseek),
	CALL(fstat),
	CALL(statx),
	CALL(faccessat),
	CALL(faccessat2),
	CALL(getdents64),
	CALL(getcwd),
	CALL(chdir),
#ifdef SYS_open /* older calls, which newer machines never had */
	CALL(readlink),
	CALL(access),
	CALL(stat),
	CALL(lstat),
	CALL(open, ARG_LACKS(1, WRITES)),
#endif
	/* descriptors that it has */
	CALL(write),
	CALL(writev),
	CALL(fcntl, ARG_IS(1, F_DUPFD_CLOEXEC)),
	CALL(fcntl, ARG_IS(1, F_GETFD)),
	CALL(fcntl, ARG_IS(1, F_SETFD)),
	CALL(fcntl, ARG_IS(1, F_GETFL)),
	CALL(ioctl, ARG_IS(1, TCGETS)), /* isatty() */
	CALL(ioctl, ARG_IS(1, TERMIOS2_GET)),
	/* memory, and locks in it */
	CALL(brk),
	CALL(mmap),
	CALL(munmap),
	CALL(mremap),
	CALL(mprotect),
	CALL(madvise),
	CALL(futex, FUTEX_IS(FUTEX_WAKE)),
	CALL(futex, FUTEX_IS(FUTEX_WAIT)),
	CALL(futex, FUTEX_IS(FUTEX_WAIT_BITSET)),
	CALL(sched_yield),
	/* its own signals, but for the one that says what is refused */
	CALL(rt_sigprocmask),
	CALL(rt_sigaction, ARG_IS_NOT(0, SIGSYS)),
	CALL(rt_sigreturn),
	CALL(sigaltstack),
	CALL(restart_syscall),
	/* itself and the machine */
	CALL(getpid),
	CALL(gettid),
	CALL(getuid),
	CALL(geteuid),
	CALL(getgid),
	CALL(getegid),
	CALL(getrandom),
	CALL(clock_gettime),
	CALL(gettimeofday),
#ifdef SYS_time
	CALL(time),
#endif
	CALL(sched_getaffinity, ARG_IS(0, 0)),
	CALL(sysinfo),
	CALL(uname),
	CALL(prlimit64, ARG_IS(0, 0), ARG_IS_NULL(2)),
	CALL(exit_group),
	CALL(exit),
};

#define NR_RULES (sizeof(rules) / sizeof(*rules))
#define RULE_MAX (1 + 3 * CONDS + 2) /* instructions: see put_rule() */

/* The filter as it is written */
struct code {
	struct sock_filter f[16 + NR_RULES * RULE_MAX];
	uint16_t nr;
};

static void put(struct code *c, uint16_t op, uint32_t k, uint8_t jt, uint8_t jf)
{
	c->f[c->nr++] = (struct sock_filter){op, jt, jf, k};
}

static void put_load(struct code *c, uint32_t at)
{
	put(c, BPF_LD | BPF_W | BPF_ABS, at, 0, 0);
}

static void put_return(struct code *c, uint32_t action)
{
	put(c, BPF_RET | BPF_K, action, 0, 0);
}

static size_t conds_count(const struct rule *r)
{
	size_t nr = 0;

	while (nr < CONDS && r->conds[nr].mask)
		nr++;
	return nr;
}

/* Is rule I the last one of its call? */
static bool is_last(size_t i)
{
	return i + 1 == NR_RULES || rules[i + 1].nr != rules[i].nr;
}

/*
 * With the call's number loaded, and still or again so behind it. From 5.11 on
 * the kernel knows in advance which calls pass without a look at arguments, and
 * does not run the filter for them.
 */
static void put_rule(struct code *c, size_t i)
{
	const struct rule *r = &rules[i];
	size_t nr = conds_count(r), j;

	put(c, BPF_JMP | BPF_JEQ | BPF_K, r->nr, 0, 3 * nr + 1 + !!nr);
	for (j = 0; j < nr; j++) {
		const struct cond *cond = &r->conds[j];
		uint8_t fails = 3 * (nr - 1 - j) + 1;

		put_load(c, cond->at);
		put(c, BPF_ALU | BPF_AND | BPF_K, cond->mask, 0, 0);
		put(c, BPF_JMP | BPF_JEQ | BPF_K, cond->value,
		    cond->is_not ? fails : 0, cond->is_not ? 0 : fails);
	}
	put_return(c, SECCOMP_RET_ALLOW);
	if (nr && is_last(i))
		put_return(c, SECCOMP_RET_TRAP | EPERM);
	else if (nr)
		put_load(c, offsetof(struct seccomp_data, nr));
}

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#define NR_MAX 0x3fffffff /* above lies the x32 table */
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#define NR_MAX UINT32_MAX
#else
#error "say which AUDIT_ARCH_ this is, and where its calls' arguments are"
#endif

/* In another table the same numbers mean something else. */
static void put_arch(struct code *c)
{
	put_load(c, offsetof(struct seccomp_data, arch));
	put(c, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	put_return(c, SECCOMP_RET_KILL_PROCESS);
	put_load(c, offsetof(struct seccomp_data, nr));
	put(c, BPF_JMP | BPF_JGT | BPF_K, NR_MAX, 0, 1);
	put_return(c, SECCOMP_RET_KILL_PROCESS);
}

/* What on_refused() needs; it takes no argument of ours. */
static struct syscalls_refused *noted;
static syscall_bpf_fn answer_bpf;

static long long *arg_at(ucontext_t *uc, int i)
{
#ifdef __x86_64__
	static const int regs[] = {REG_RDI, REG_RSI, REG_RDX,
				   REG_R10, REG_R8,  REG_R9};

	return &uc->uc_mcontext.gregs[regs[i]];
#else
	return (long long *)&uc->uc_mcontext.regs[i];
#endif
}

static void return_set(ucontext_t *uc, long ret)
{
#ifdef __x86_64__
	uc->uc_mcontext.gregs[REG_RAX] = ret;
#else
	uc->uc_mcontext.regs[0] = ret;
#endif
}

static void note(unsigned nr)
{
	if (!noted)
		return;
	if (nr >= SYSCALLS_MAX)
		nr = SYSCALLS_MAX - 1;
	noted->bits[nr / 64] |= 1ull << nr % 64;
}

/*
 * A call that was not let through: the filter gives the error in si_errno. What
 * it returns goes where the kernel would have put it.
 */
static void on_refused(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned nr = info->si_syscall;
	long ret = -info->si_errno;
	int err = errno;

	if (nr == SYS_bpf && answer_bpf)
		ret = answer_bpf(*arg_at(uc, 0),
				 (const void *)(uintptr_t)*arg_at(uc, 1),
				 *arg_at(uc, 2));
	/* abort() has no other way to say which signal it wants to die of. */
	if (nr == SYS_tgkill && *arg_at(uc, 2) == SIGABRT)
		_exit(SYSCALL_FILTER_ABORTED);
	if (nr != SYS_bpf || ret == -EPERM)
		note(nr);
	return_set(uc, ret);
	errno = err;
}

int syscall_filter_enter(struct syscalls_refused *refused, syscall_bpf_fn bpf)
{
	/* Not deferred: an answer may lead to a call that is refused. */
	struct sigaction sa = {.sa_sigaction = on_refused,
			       .sa_flags = SA_SIGINFO | SA_NODEFER};
	struct code c = {};
	struct sock_fprog prog = {.filter = c.f};
	size_t i;

	noted = refused;
	answer_bpf = bpf;
	put_arch(&c);
	for (i = 0; i < NR_RULES; i++)
		put_rule(&c, i);
	put_return(&c, SECCOMP_RET_TRAP | ENOSYS);
	prog.len = c.nr;
	if (sigaction(SIGSYS, &sa, NULL) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		return -errno;
	return 0;
}
