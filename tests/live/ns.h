/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the tests in C beside this file, which run as root: children with
 * namespaces of their own, which last no longer than the test program.
 */
#ifndef NS_H
#define NS_H

#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SKIPPED 77 /* exit status of a child that found no way to test */
#define NO_DISK "mount namespace or tmpfs"

/* Without root: say as TAP that the whole program is skipped. */
static inline bool is_without_root(void)
{
	if (geteuid())
		puts("1..0 # SKIP not root");
	return geteuid();
}

/*
 * Give the process a mount namespace of its own: what it mounts from now on,
 * nobody else sees. 0, or -1 where that is forbidden.
 */
static inline int mounts_unshare(void)
{
	if (unshare(CLONE_NEWNS))
		return -1;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/*
 * Call FN in a child. The test goes on when FN returns 0, is skipped for there
 * being no WHAT when it returns SKIPPED, and fails otherwise. FN must not
 * assert: cmocka would go on with the next test in the child.
 */
static inline void child_check(int (*fn)(void), const char *what)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIPPED) {
		print_message("# no %s here\n", what);
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

/*
 * Call FN with ARG in a child, which stays until child_kill(). The child's
 * process id once FN has returned 0, or -1 when FN returned anything else.
 */
static inline pid_t child_start(int (*fn)(const void *arg), const void *arg)
{
	int ready[2];
	pid_t pid;
	ssize_t n;
	char c;

	if (pipe(ready))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (fn(arg) || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	n = read(ready[0], &c, 1);
	close(ready[0]);
	return n == 1 ? pid : -1;
}

/* Kill the child PID and reap it. 0, or -1 when it is not a child of ours. */
static inline int child_kill(pid_t pid)
{
	if (kill(pid, SIGKILL))
		return -1;
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

#endif
