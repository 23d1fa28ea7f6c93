// SPDX-License-Identifier: GPL-2.0
#include "kernel/attach_perf.h"

#include <errno.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

#define DEVICES "/sys/bus/event_source/devices"

const char *tracefs_dir(void)
{
	static const char *const dirs[] = {"/sys/kernel/tracing",
					   "/sys/kernel/debug/tracing"};
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(*dirs); i++) {
		snprintf(path, sizeof(path), "%s/events", dirs[i]);
		if (!access(path, F_OK))
			return dirs[i];
	}
	return NULL;
}

/* The text of PATH by FORMAT, which takes one int. -errno or what it is. */
static int number_read(const char *path, const char *format)
{
	char text[64];
	ssize_t len = fd_read_file(path, text, sizeof(text));
	int n;

	if (len < 0)
		return len;
	return sscanf(text, format, &n) == 1 ? n : -EIO;
}

static int event_open(struct perf_event_attr *attr, int prog_fd)
{
	int fd, err;

	attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, -1, 0, -1,
		     PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!ioctl(fd, PERF_EVENT_IOC_SET_BPF, prog_fd) &&
	    !ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int tracepoint_attach(const char *category, const char *event, int prog_fd)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT,
				       .sample_period = 1,
				       .wakeup_events = 1};
	const char *dir = tracefs_dir();
	char path[PATH_MAX];
	int id;

	if (!dir)
		return -ENOSYS;
	/* Else files from anywhere would be read. */
	if (strchr(category, '/') || strchr(event, '/'))
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/events/%s/%s/id", dir, category,
		 event);
	id = number_read(path, "%d");
	if (id < 0)
		return id;
	attr.config = id;
	return event_open(&attr, prog_fd);
}

/*
 * An event of the dynamic PMU "kprobe" or "uprobe", whose "retprobe" bit is
 * where its format file says.
 */
static int probe_attach(const char *pmu, uint64_t config1, uint64_t config2,
			bool is_return, int prog_fd)
{
	struct perf_event_attr attr = {.config1 = config1, .config2 = config2};
	char path[128];
	int type, bit = 0;

	snprintf(path, sizeof(path), DEVICES "/%s/type", pmu);
	type = number_read(path, "%d");
	if (type < 0)
		return -EOPNOTSUPP;
	if (is_return) {
		snprintf(path, sizeof(path), DEVICES "/%s/format/retprobe",
			 pmu);
		bit = number_read(path, "config:%d");
		if (bit < 0)
			return bit;
		attr.config = 1ull << bit;
	}
	attr.type = type;
	return event_open(&attr, prog_fd);
}

int kprobe_attach(const char *name, bool is_return, int prog_fd)
{
	return probe_attach("kprobe", (uintptr_t)name, 0, is_return, prog_fd);
}

/* Whatever has its name by now: the offset is of this file. */
int uprobe_attach(int binary, uint64_t offset, bool is_return, int prog_fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", binary);
	return probe_attach("uprobe", (uintptr_t)path, offset, is_return,
			    prog_fd);
}
