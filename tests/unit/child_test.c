// SPDX-License-Identifier: GPL-2.0
/* How a compile child begins and ends, and what is said of its end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "compile/child.c"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define EXIT(status) ((status) << 8)

static const struct {
	int status;
	const char *said, *refused;
	int ret;
	const char *text;
} ends[] = {
	{EXIT(VERDICT_ERROR), "x.c:1: error", "", -EINVAL,
	 "the program does not compile"},
	{EXIT(VERDICT_OK), "", "", -ECHILD, "the compiler gave no whole image"},
	{EXIT(VERDICT_NO_LIBRARY), "no such file\nmore", "", -ENOENT,
	 "cannot load libbcc, which compiles the program (apt-get install "
	 "libbpfcc): no such file"},
	{EXIT(VERDICT_NO_JAIL), "cannot drop its capabilities: no", "", -EPERM,
	 "cannot lock the compiler in: cannot drop its capabilities: no"},
	{EXIT(VERDICT_NO_MEMORY), "", "", -ENOMEM,
	 "the compiler had not enough memory"},
	{SIGXCPU, "", "", -ETIMEDOUT, "the compiler took too long"},
	{SIGKILL, "x.c:1: error", "clone3", -ECHILD,
	 "the compiler was killed, as the kernel does when memory runs out"},
	{SIGSYS, "", "clone3", -ECHILD,
	 "the compiler was killed by its jail: it made a forbidden system call "
	 "(SIGSYS)"},
	{SIGSEGV, "x.c:1: warning\n", "", -ECHILD,
	 "the compiler died of SIGSEGV"},
	{SIGSEGV, "", "clone3, mkdir", -ECHILD,
	 "the compiler died of SIGSEGV; its jail had refused it clone3, mkdir"},
	{EXIT(SYSCALL_FILTER_ABORTED), "", "", -ECHILD,
	 "the compiler died of SIGABRT"},
	{EXIT(SYSCALL_FILTER_ABORTED), "warning\nLLVM ERROR: no way\n\n", "",
	 -ECHILD, "the compiler died of SIGABRT: LLVM ERROR: no way"},
	{EXIT(SYSCALL_FILTER_ABORTED), "LLVM ERROR: out of memory", "", -ENOMEM,
	 "the compiler had not enough memory"},
	{SIGABRT, "LLVM ERROR: no thread", "clone3", -ECHILD,
	 "the compiler died of SIGABRT: LLVM ERROR: no thread; its jail had "
	 "refused it clone3"},
};

static void test_ends(void **state)
{
	const struct stream none = {};
	char err[256];
	size_t i;

	for (i = 0; i < NR(ends); i++) {
		const struct stream talk = {.text.p = (char *)ends[i].said};

		*err = 0;
		assert_int_equal(child_judge(ends[i].status, &talk, &none,
					     ends[i].refused, err, sizeof(err)),
				 ends[i].ret);
		assert_string_equal(err, ends[i].text);
	}
}

static void test_good_end(void **state)
{
	const struct stream talk = {}, image = {.text.len = 1};
	const struct stream cut = {.text.len = 1, .is_cut = true};
	char err[256];

	assert_int_equal(child_judge(EXIT(VERDICT_OK), &talk, &image, "", err,
				     sizeof(err)),
			 0);
	assert_int_equal(child_judge(EXIT(VERDICT_OK), &talk, &cut, "", err,
				     sizeof(err)),
			 -ECHILD);
}

static ino_t ns_of(const char *which)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", which);
	return stat(path, &st) ? 0 : st.st_ino;
}

static int exit_status(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool has_namespaces(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(unshare(CLONE_NEWPID | CLONE_NEWIPC) ? 1 : 0);
	return !exit_status(pid);
}

/* Where namespaces cannot be had it is a child like any other. */
static void test_apart(void **state)
{
	bool is_apart = has_namespaces();
	ino_t ipc = ns_of("ipc");
	pid_t pid = fork_apart();

	if (!pid)
		_exit((getpid() == 1) | (ns_of("ipc") != ipc) << 1);
	assert_int_equal(exit_status(pid), is_apart ? 3 : 0);
}

/* The pipe for talk lies where that for the image is to be. */
static void try_descriptors(void)
{
	int sink = open("/dev/null", O_WRONLY), fd, left = 0;

	dup2(sink, IMAGE_FD);
	dup2(sink, 900);
	if (child_descriptors(IMAGE_FD, sink))
		_exit(100);
	for (fd = 0; fd < 1000; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			left++;
	if (write(IMAGE_FD, "i", 1) != 1 || write(STDERR_FILENO, "t", 1) != 1 ||
	    write(STDOUT_FILENO, "t", 1) != 1 || write(STDIN_FILENO, "", 1) > 0)
		_exit(101);
	_exit(left);
}

static void test_descriptors(void **state)
{
	pid_t pid = fork();

	if (!pid)
		try_descriptors();
	assert_int_equal(exit_status(pid), 4);
}

/* It says no more, and does not end. */
static void test_silent(void **state)
{
	const struct child_opts o = {.name = "x.c", .limit_s = 60};
	struct child child = {};
	char err[256];

	child.pid = fork();
	if (!child.pid) {
		pause();
		_exit(0);
	}
	assert_int_equal(child_end(&child, 0, &o, err, sizeof(err)), -ECHILD);
	assert_string_equal(err, "the compiler was killed, as the kernel does "
				 "when memory runs out");
}

static int compile_stopped(void)
{
	const struct headers h = {.dirs = {"/"}};
	const struct child_opts o = {
		.text = "",
		.name = "x.c",
		.headers = &h,
		.limit_s = 60,
	};
	struct child_result result = {};
	char err[256];

	stop_hold();
	raise(SIGTERM);
	return child_compile(&o, &result, err, sizeof(err)) == -EINTR &&
	       !result.bytes && !strcmp(err, "the compiler was interrupted");
}

/*
 * Told to end before the child began. It has no ear for SIGTERM where it is the
 * first process of its namespace.
 */
static void test_stopped(void **state)
{
	pid_t pid = fork();

	if (!pid)
		_exit(compile_stopped() ? 0 : 1);
	assert_int_equal(exit_status(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_good_end),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
