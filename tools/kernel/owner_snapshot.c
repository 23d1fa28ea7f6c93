// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_snapshot.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "kernel/netns.h"
#include "kernel/owner_proc.h"

struct push {
	const struct owner_snapshot_opts *opts;
	uint32_t nr;
};

/* A listener that was inherited: who made it has ended. */
static void dead_remove(int map, const struct owner_key *key)
{
	struct owner_entry old;

	if (!bpf_map_lookup_elem(map, key, &old) && kill(old.pid, 0) &&
	    errno == ESRCH)
		bpf_map_delete_elem(map, key);
}

/* What the program has seen meanwhile is newer. */
static int push(void *arg, const struct owner_sock *s,
		const struct owner_entry *of_process)
{
	struct push *p = arg;
	struct owner_entry e = *of_process;
	int map = s->is_listener ? p->opts->listeners : p->opts->owners;

	if (s->is_v6only)
		e.flags |= OWNER_V6ONLY;
	if (s->is_listener)
		dead_remove(map, &s->key);
	p->nr++;
	if (bpf_map_update_elem(map, &s->key, &e, BPF_NOEXIST) &&
	    errno != EEXIST)
		return -errno;
	if (!s->is_listener)
		owner_marks_set(p->opts->marks, &s->key);
	return 0;
}

static void snapshot_make(const struct owner_snapshot_opts *opts,
			  struct owner_snapshot_result *r)
{
	struct push p = {.opts = opts};
	struct owner_socks list;
	uint64_t start = clock_ns(CLOCK_MONOTONIC);
	int previous = netns_enter(opts->netns);

	if (previous < -1) {
		r->err = previous + 1;
		return;
	}
	r->err = owner_diag_list(&list, opts->ports, opts->max);
	if (list.nr && (!r->err || r->err == -E2BIG))
		r->err = owner_proc_walk(&list, opts->cgroups, opts->cgroup,
					 push, &p);
	r->nr_sockets = list.nr;
	r->nr_found = p.nr;
	r->took_ns = clock_ns(CLOCK_MONOTONIC) - start;
	owner_socks_free(&list);
	netns_leave(previous);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Close all descriptors from 3 on but those in KEEP (-1: none). */
static void fds_close_but(int *keep, size_t nr)
{
	int from = STDERR_FILENO + 1;
	size_t i;

	qsort(keep, nr, sizeof(*keep), by_number);
	for (i = 0; i < nr; i++) {
		if (keep[i] > from)
			fd_close_range(from, keep[i] - 1);
		if (keep[i] >= from)
			from = keep[i] + 1;
	}
	fd_close_range(from, UINT_MAX);
}

/* Of a terminal they go to the child too, which its parent ends. */
static void signals_block(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

/*
 * Sockets, links and perf buffers of ours would be the child's too: it lets go
 * of them, and does not outlive us.
 */
static void child_run(const struct owner_snapshot_opts *opts, pid_t parent,
		      int fd)
{
	int keep[] = {opts->netns, opts->owners, opts->listeners,
		      owner_cgroup_mount(opts->cgroups), fd};
	struct owner_snapshot_result r = {};

	fds_close_but(keep, sizeof(keep) / sizeof(*keep));
	signals_block();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setpriority(PRIO_PROCESS, 0, 10);
	snapshot_make(opts, &r);
	_exit(fd_write_all(fd, &r, sizeof(r)) ? 1 : 0);
}

int owner_snapshot_start(struct owner_snapshot *s,
			 const struct owner_snapshot_opts *opts)
{
	pid_t parent = getpid();
	int fds[2], ret;

	*s = (struct owner_snapshot){.fd = -1};
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	s->pid = fork();
	if (!s->pid)
		child_run(opts, parent, fds[1]);
	ret = s->pid < 0 ? -errno : 0;
	close(fds[1]);
	if (ret)
		close(fds[0]);
	else
		s->fd = fds[0];
	return ret;
}

static void snapshot_reap(struct owner_snapshot *s)
{
	close(s->fd);
	s->fd = -1;
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int owner_snapshot_finish(struct owner_snapshot *s,
			  struct owner_snapshot_result *r)
{
	int ret = fd_read_all(s->fd, r, sizeof(*r));

	snapshot_reap(s);
	return ret ?: r->err;
}

void owner_snapshot_stop(struct owner_snapshot *s)
{
	if (s->fd < 0)
		return;
	kill(s->pid, SIGKILL);
	snapshot_reap(s);
}
