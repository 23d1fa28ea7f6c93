/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose a connection is, as the program in bpf_src/owner.c and the snapshot
 * keep it. This text is also compiled by clang for BPF: it includes nothing but
 * what does the same.
 */
#ifndef OWNER_ENTRY_H
#define OWNER_ENTRY_H

#include "siphash.h"

/* owner_key.kind; a connection has its IP version, 4 or 6 */
#define OWNER_OF_SOCKET 1

/*
 * One end of a connection, seen from this machine, IPv4 addresses mapped
 * (::ffff:10.0.0.1). Or a socket that listens or connects: the number of its
 * inode at the start of local, and nothing else.
 */
struct owner_key {
	__u8 local[16];
	__u8 remote[16];
	__u16 lport; /* host order */
	__u16 rport;
	__u32 kind;
};

/* owner_entry.flags */
#define OWNER_IN_CGROUP 1 /* below the one that is asked for */
#define OWNER_SHARED 2	  /* several sockets have these ends: whose is it? */
#define OWNER_ENDED 4	  /* the connection has ended */

struct owner_entry {
	__u64 cgroup_id; /* in the cgroup2 tree */
	/* Since when, or with OWNER_ENDED until when. CLOCK_MONOTONIC. */
	__u64 ts_ns;
	__u64 sk;  /* the socket's address; 0: from a snapshot */
	__u32 pid; /* the process, in the machine's own numbering */
	__u32 uid;
	char comm[16]; /* of its first thread */
	__u32 flags;
	__u32 lport; /* of who listens, or 0: not known then */
};

/* What is looked at. */
struct owner_scope {
	__u32 netns;	 /* inode number */
	__u32 has_ports; /* only local ports that are set in: */
	__u64 ports[1024];
};

/* Entries at a time, more where there are many connections when it starts. */
#define OWNERS_MIN 32768
/* The maps of the table: once, more room is made. */
#define OWNER_MAPS 2

/* Connections that ended are remembered, as their last packets come later. */
#define OWNERS_ENDED 4096
struct owner_ended {
	struct owner_key key;
	__u64 ts_ns; /* of the entry, when it ended */
	__u32 map;   /* that has it, by number */
	__u32 pad;
};

/*
 * Memory that the program and user space share. A byte is written as a whole, so
 * that no two CPUs take each other's away.
 */
#define OWNER_MARKS_BITS 17
struct owner_shared {
	struct siphash_key secret; /* of the marks */
	__u64 nr;		   /* entries there are */
	__u64 nr_refused;  /* changes that no map had room or memory for */
	__u64 nr_listens;  /* changes of who listens */
	__u64 gone_ns;	   /* what ended before that may be forgotten, or 0 */
	__u32 room;	   /* the number of the map that new ones go to */
	__u8 some_listens; /* somebody may, at a port that is not known */
	__u8 pad[3];
	__u8 listens[65536]; /* by port: somebody may */
	/* By port: some listen for a device only, or share the port. */
	__u8 is_shared[65536];
	/* By owner_mark(), once it is there: connections of which there is none
	 * have no entry, and nobody needs to ask the kernel for it. */
	__u8 is_set[1 << OWNER_MARKS_BITS];
};

static inline __u64 owner_hash(const struct siphash_key *secret,
			       const struct owner_key *key)
{
	return siphash(secret, key, sizeof(*key), SIPHASH_TABLE);
}

/* The number of the byte of what has that hash; others may have the same. */
static inline __u32 owner_mark(__u64 hash)
{
	return hash & ((1 << OWNER_MARKS_BITS) - 1);
}

_Static_assert(sizeof(struct owner_key) == 40, "no padding");
_Static_assert(sizeof(struct owner_entry) == 56, "no padding");
_Static_assert(sizeof(struct owner_scope) == 8200, "no padding");
_Static_assert(sizeof(struct owner_ended) == 56, "no padding");

#endif
