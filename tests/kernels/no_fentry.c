// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded, this makes a kernel look as if it had no fentry: what attaches
 * without the name of a tracepoint is refused. So the fallback, kprobe, is
 * tried where it is not the first choice. libbpf is a part of the tool, but its
 * system calls go through libc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <sys/syscall.h>

long syscall(long number, ...)
{
	long (*call)(long, ...) =
		(long (*)(long, ...))dlsym(RTLD_NEXT, __func__);
	long a[6];
	va_list ap;
	int i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_bpf && a[0] == BPF_RAW_TRACEPOINT_OPEN &&
	    !((union bpf_attr *)a[1])->raw_tracepoint.name) {
		errno = EPERM;
		return -1;
	}
	return call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
