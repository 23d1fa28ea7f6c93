// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded, this makes a kernel look as if it had no fentry: attaching such a
 * program is refused. So the fallback, kprobe, is tried where it is not the
 * first choice. libbpf is a part of the tool, but its system calls go through
 * libc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <sys/syscall.h>

#define FDS 1024

static char is_fentry[FDS];

long syscall(long number, ...)
{
	long (*call)(long, ...) =
		(long (*)(long, ...))dlsym(RTLD_NEXT, __func__);
	union bpf_attr *attr;
	long a[6], ret;
	unsigned fd;
	va_list ap;
	int i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	attr = (union bpf_attr *)a[1];
	if (number == SYS_bpf && a[0] == BPF_RAW_TRACEPOINT_OPEN) {
		fd = attr->raw_tracepoint.prog_fd;
		if (fd < FDS && is_fentry[fd]) {
			errno = EPERM;
			return -1;
		}
	}
	ret = call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (number == SYS_bpf && a[0] == BPF_PROG_LOAD && ret >= 0 && ret < FDS)
		is_fentry[ret] = attr->expected_attach_type == BPF_TRACE_FENTRY;
	return ret;
}
