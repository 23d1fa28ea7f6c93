// SPDX-License-Identifier: GPL-2.0
/* How a compile child begins. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "compile/child.c"

static int exit_status(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
