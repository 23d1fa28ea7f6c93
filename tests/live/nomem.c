// SPDX-License-Identifier: GPL-2.0
/*
 * For LD_PRELOAD: memory is short for one allocation of a program. In the
 * environment:
 *
 *	NOMEM_PROGRAM	its name; others that inherit this are left alone
 *	NOMEM_FILE	4,096 bytes, to which the counts of struct nomem go
 *	NOMEM_AT	the number of the allocation that fails, from 1 on
 *	NOMEM_ON	set: all behind that one fail too
 *	NOMEM_OTHERS	set: those of the processes that it forks count instead
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nomem.h"

struct nomem {
	uint64_t nr, nr_failed;
};

static struct nomem *counts;
static uint64_t at;
static bool and_on, in_others;
static pid_t main_pid;

__attribute__((constructor)) static void start(void)
{
	const char *program = getenv("NOMEM_PROGRAM");
	const char *path = getenv("NOMEM_FILE"), *n = getenv("NOMEM_AT");
	void *p;
	int fd;

	if (!program || !path || !n ||
	    strcmp(program, program_invocation_short_name))
		return;
	fd = open(path, O_RDWR | O_CLOEXEC);
	p = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		 0);
	close(fd);
	if (p == MAP_FAILED)
		return;
	at = strtoull(n, NULL, 10);
	and_on = getenv("NOMEM_ON");
	in_others = getenv("NOMEM_OTHERS");
	main_pid = getpid();
	counts = p;
}

static bool nomem_fails(void)
{
	uint64_t n;

	if (!counts || (getpid() != main_pid) != in_others)
		return false;
	n = __atomic_add_fetch(&counts->nr, 1, __ATOMIC_RELAXED);
	if (and_on ? n < at : n != at)
		return false;
	__atomic_add_fetch(&counts->nr_failed, 1, __ATOMIC_RELAXED);
	return true;
}

/* Not those of glibc itself, which do not come by here. */
pid_t __fork(void);

pid_t fork(void)
{
	return nomem_is_due() ? -1 : __fork();
}

void *mmap(void *addr, size_t size, int prot, int flags, int fd, off_t off)
{
	if (nomem_is_due())
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, addr, size, prot, flags, fd, off);
}

__attribute__((alias("mmap"))) void *mmap64(void *addr, size_t size, int prot,
					    int flags, int fd, off_t off);
