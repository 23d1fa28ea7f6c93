// SPDX-License-Identifier: GPL-2.0
#include "kernel/printk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "kernel/attach_perf.h"

#define PREFIX "bpfrun-"
#define EVENT "events/bpf_trace/bpf_trace_printk/enable"
#define MARK ": bpf_trace_printk: "
#define COMM_WIDTH 16
#define TRIES 50 /* to have an instance */
#define RETRY_MS 10
#define HELPER_VPRINTK 177 /* BPF_FUNC_trace_vprintk, from 5.16 on */

struct printk {
	struct loop *loop;
	printk_fn fn;
	void *arg;
	char path[PATH_MAX]; /* of the instance */
	int dir;	     /* locked: somebody is alive */
	int pipe;
	char buf[8192]; /* a line that has not ended */
	size_t len;
	bool is_full;
};

bool printk_is_used(const struct image *img)
{
	size_t i, j;

	for (i = 0; i < img->nr_progs; i++)
		for (j = 0; j < img->progs[i].nr_insns; j++) {
			const struct bpf_insn *in = &img->progs[i].insns[j];

			if (in->code == (BPF_JMP | BPF_CALL) && !in->src_reg &&
			    (in->imm == BPF_FUNC_trace_printk ||
			     in->imm == HELPER_VPRINTK))
				return true;
		}
	return false;
}

/* "            nginx-1234    [001] ..s1.   361.502398: bpf_trace_printk: hi" */
void printk_parse(char *line, struct printk_line *out)
{
	char *mark = strstr(line, MARK), *comm = line + strspn(line, " ");
	double ts = 0;

	*out = (struct printk_line){.text = line, .pid = -1, .cpu = -1};
	if (!mark || mark < line + COMM_WIDTH || line[COMM_WIDTH] != '-')
		return;
	*mark = 0;
	if (sscanf(line + COMM_WIDTH + 1, "%d [%d] %*s %lf", &out->pid,
		   &out->cpu, &ts) != 3) {
		*mark = ':';
		return;
	}
	line[COMM_WIDTH] = 0;
	snprintf(out->comm, sizeof(out->comm), "%s", comm);
	out->ts_ns = ts * 1e9 + 0.5;
	out->text = mark + strlen(MARK);
}

/* The kernel remembers names from the first switch of processes on. */
static void comm_read(struct printk_line *l)
{
	char path[64], comm[sizeof(l->comm)];

	snprintf(path, sizeof(path), "/proc/%d/comm", l->pid);
	if (fd_read_file(path, comm, sizeof(comm)) <= 0)
		return;
	comm[strcspn(comm, "\n")] = 0;
	strcpy(l->comm, comm);
}

static void line_take(struct printk *p, char *line)
{
	struct printk_line l;

	/* What ended in a newline of its own is followed by an empty one. */
	if (!*line || p->is_full)
		return;
	printk_parse(line, &l);
	if (!strcmp(l.comm, "<...>"))
		comm_read(&l);
	p->is_full = p->fn(p->arg, &l);
}

/* Whole lines out of the buffer; one that fills it is taken as it is. */
static void lines_take(struct printk *p)
{
	char *line = p->buf, *end;

	p->buf[p->len] = 0;
	while ((end = strchr(line, '\n'))) {
		*end = 0;
		line_take(p, line);
		line = end + 1;
	}
	p->len = p->buf + p->len - line;
	memmove(p->buf, line, p->len);
	if (p->len < sizeof(p->buf) - 1)
		return;
	line_take(p, p->buf);
	p->len = 0;
}

void printk_drain(struct printk *p)
{
	ssize_t n;

	while ((n = read(p->pipe, p->buf + p->len,
			 sizeof(p->buf) - 1 - p->len)) > 0) {
		p->len += n;
		lines_take(p);
		if (loop_check(p->loop))
			return;
	}
}

static void pipe_ready(void *arg, int fd, uint32_t events)
{
	printk_drain(arg);
}

static int enable_write(int dir, const char *value)
{
	int fd = openat(dir, EVENT, O_WRONLY | O_CLOEXEC), ret = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, value, 1) != 1)
		ret = -errno;
	close(fd);
	return ret;
}

/* The directory PATH, locked, or -errno: -EWOULDBLOCK when somebody has it. */
static int instance_lock(const char *path)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret;

	if (dir < 0)
		return -errno;
	if (!flock(dir, LOCK_EX | LOCK_NB))
		return dir;
	ret = -errno;
	close(dir);
	return ret;
}

/* Those whose process is gone: nobody holds their lock. */
static void leftovers_remove(const char *instances)
{
	DIR *d = opendir(instances);
	char path[PATH_MAX];
	struct dirent *e;
	int dir;

	while (d && (e = readdir(d))) {
		if (strncmp(e->d_name, PREFIX, strlen(PREFIX)))
			continue;
		snprintf(path, sizeof(path), "%s/%s", instances, e->d_name);
		dir = instance_lock(path);
		if (dir < 0)
			continue;
		enable_write(dir, "0");
		rmdir(path);
		close(dir);
	}
	if (d)
		closedir(d);
}

/* The instance, made and locked, or -errno. */
static int instance_take(const char *path)
{
	int dir;

	if (mkdir(path, 0700) && errno != EEXIST)
		return -errno;
	dir = instance_lock(path);
	if (dir >= 0 && !access(path, F_OK))
		return dir;
	if (dir >= 0)
		close(dir);
	return dir >= 0 || dir == -ENOENT ? -EWOULDBLOCK : dir;
}

/*
 * Another process that starts may take it for a leftover before it is locked:
 * that lasts until it is removed, some milliseconds.
 */
static int instance_make(struct printk *p)
{
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		p->dir = instance_take(p->path);
		if (p->dir != -EWOULDBLOCK)
			break;
		poll(NULL, 0, RETRY_MS);
	}
	if (p->dir < 0)
		return p->dir;
	p->pipe =
		openat(p->dir, "trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return p->pipe < 0 ? -errno : enable_write(p->dir, "1");
}

struct printk *printk_open(struct loop *loop, printk_fn fn, void *arg,
			   char *err, size_t err_size)
{
	const char *tracefs = tracefs_dir();
	struct printk *p = calloc(1, sizeof(*p));
	char instances[64];
	int ret = p ? -ENOSYS : -ENOMEM;

	if (p) {
		*p = (struct printk){.loop = loop,
				     .fn = fn,
				     .arg = arg,
				     .dir = -1,
				     .pipe = -1};
		if (tracefs) {
			snprintf(instances, sizeof(instances), "%s/instances",
				 tracefs);
			leftovers_remove(instances);
			snprintf(p->path, sizeof(p->path), "%s/" PREFIX "%d",
				 instances, getpid());
			ret = instance_make(p);
		}
		if (!ret)
			ret = loop_add(loop, p->pipe, pipe_ready, p);
		if (!ret)
			return p;
	}
	snprintf(err, err_size, "cannot read what bpf_trace_printk() says: %s",
		 ret == -ENOSYS ? "no tracefs is mounted (mount -t tracefs "
				  "tracefs /sys/kernel/tracing)"
				: strerror(-ret));
	printk_close(p);
	errno = -ret;
	return NULL;
}

void printk_close(struct printk *p)
{
	if (!p)
		return;
	if (p->pipe >= 0) {
		loop_remove(p->loop, p->pipe);
		close(p->pipe);
	}
	if (p->dir >= 0) {
		enable_write(p->dir, "0");
		rmdir(p->path);
		close(p->dir);
	}
	free(p);
}
