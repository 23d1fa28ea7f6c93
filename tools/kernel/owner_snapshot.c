// SPDX-License-Identifier: GPL-2.0
#include "kernel/owner_snapshot.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "kernel/netns.h"
#include "kernel/owner_ask.h"
#include "kernel/owner_proc.h"

struct push {
	const struct owner_snapshot_opts *opts;
	struct owner_snapshot_result *r;
};

/* A listener that was inherited: who made it has ended. */
static void dead_remove(const struct owner_table *t,
			const struct owner_key *key)
{
	struct owner_entry old;

	if (owner_table_get(t, key, &old) && kill(old.pid, 0) && errno == ESRCH)
		owner_table_remove(t, key);
}

/* What there is no room for does not keep the others out. */
static int push(void *arg, const struct owner_sock *s,
		const struct owner_entry *of_process)
{
	struct owner_entry e = *of_process;
	struct push *p = arg;
	int ret;

	if (s->is_listener) {
		e.lport = s->lport;
		dead_remove(p->opts->table, &s->key);
	}
	ret = owner_table_add(p->opts->table, &s->key, &e);
	if (ret == -E2BIG || ret == -ENOMEM)
		p->r->nr_left++;
	else if (ret && ret != -EEXIST)
		return ret;
	p->r->nr_found++;
	return 0;
}

/* By port, then by address and device. */
static int by_end(const void *a, const void *b)
{
	const struct owner_sock *x = a, *y = b;
	int order = x->lport - y->lport;

	order = order ?: memcmp(x->addr, y->addr, sizeof(x->addr));
	return order ?: (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

/* Where somebody listens, and where that does not say who gets a packet. */
static int listeners_note(const struct owner_socks *list,
			  struct owner_shared *sh)
{
	struct owner_sock *l = malloc((list->nr + 1) * sizeof(*l));
	size_t i, nr = 0;

	if (!l)
		return -ENOMEM;
	for (i = 0; i < list->nr; i++)
		if (list->s[i].is_listener)
			l[nr++] = list->s[i];
	qsort(l, nr, sizeof(*l), by_end);
	for (i = 0; i < nr; i++) {
		sh->listens[l[i].lport] = 1;
		if (l[i].ifindex || (i && !by_end(&l[i - 1], &l[i])))
			sh->is_shared[l[i].lport] = 1;
	}
	free(l);
	return 0;
}

/* Whether the connection has come to its end. */
static bool is_gone(struct owner_ask *ask, const struct owner_sock *s)
{
	struct owner_asked found;
	int ret = owner_ask_socket(ask, &s->key, s->ifindex, &found);

	return ret == -ENOENT || (!ret && !found.inode);
}

/*
 * What ended after it was listed and before it was pushed would stay for ever:
 * the program had no entry to end.
 */
static int ended_remove(const struct owner_snapshot_opts *opts,
			const struct owner_socks *list)
{
	const struct owner_diag_query query = {.ports = opts->ports,
					       .nr_max = list->nr + list->max};
	const struct owner_sock *s;
	struct owner_entry e;
	struct owner_socks now;
	struct owner_ask ask;
	int ret = owner_diag_list(&now, &query);

	if (!ret)
		ret = owner_ask_open(&ask, -1);
	ask.is_unbounded = true;
	for (s = list->s; !ret && s < list->s + list->nr; s++)
		if (s->is_taken && !s->is_listener &&
		    !owner_socks_find(&now, s->inode) &&
		    owner_table_get(opts->table, &s->key, &e) && !e.sk &&
		    is_gone(&ask, s))
			owner_table_remove(opts->table, &s->key);
	if (!ret)
		owner_ask_close(&ask);
	owner_socks_free(&now);
	return ret;
}

static int sockets_push(const struct owner_snapshot_opts *opts,
			struct owner_snapshot_result *r)
{
	const struct owner_diag_query query = {.ports = opts->ports,
					       .nr_max = opts->table->max};
	struct push p = {opts, r};
	struct owner_socks list;
	int ret = owner_diag_list(&list, &query);

	r->nr_sockets = list.nr;
	r->nr_left = list.nr_left;
	if (!ret)
		ret = listeners_note(&list, opts->table->shared);
	if (!ret && list.nr)
		ret = owner_proc_walk(&list, opts->cgroups, opts->cgroup, push,
				      &p);
	if (!ret && list.nr)
		ret = ended_remove(opts, &list);
	owner_socks_free(&list);
	return ret;
}

static void snapshot_make(const struct owner_snapshot_opts *opts,
			  struct owner_snapshot_result *r)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC);
	int previous = netns_enter(opts->netns);

	if (previous < -1) {
		r->err = previous + 1;
		return;
	}
	r->err = sockets_push(opts, r);
	r->took_ns = clock_ns(CLOCK_MONOTONIC) - start;
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
	int keep[3 + sizeof(opts->table->fds) / sizeof(int)] = {
		opts->netns, owner_cgroup_mount(opts->cgroups), fd};
	struct owner_snapshot_result r = {};

	memcpy(keep + 3, opts->table->fds, sizeof(opts->table->fds));

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
