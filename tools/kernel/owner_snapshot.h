/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The owners of what is open already, put into the maps by a child process:
 * with 100,000 connections that takes a while, and events go on meanwhile.
 */
#ifndef OWNER_SNAPSHOT_H
#define OWNER_SNAPSHOT_H

#include <stdint.h>
#include <sys/types.h>

#include "base/range.h"
#include "kernel/owner_cgroup.h"
#include "kernel/owner_table.h"

struct owner_snapshot {
	int fd; /* readable when it is done; -1: none runs */
	pid_t pid;
};

struct owner_snapshot_opts {
	int netns;			 /* descriptor, -1: the own one */
	const struct owner_table *table; /* what is in it stays */
	const struct owner_cgroups *cgroups;
	const char *cgroup;	       /* or NULL */
	const struct range_set *ports; /* local ones; NULL: all */
};

struct owner_snapshot_result {
	uint64_t took_ns;
	uint32_t nr_sockets;
	uint32_t nr_found; /* of them: with an owner */
	uint32_t nr_left;  /* for which there was no room */
	int32_t err;
};

/* 0 or -errno. */
int owner_snapshot_start(struct owner_snapshot *s,
			 const struct owner_snapshot_opts *opts);

/* Once S->fd is readable: 0 or the child's -errno. */
int owner_snapshot_finish(struct owner_snapshot *s,
			  struct owner_snapshot_result *r);

/* Kill it, if one runs. */
void owner_snapshot_stop(struct owner_snapshot *s);

#endif
