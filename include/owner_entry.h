/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose a connection is, as the program in bpf_src/owner.c and the snapshot
 * keep it. This text is also compiled by clang for BPF: it includes nothing.
 */
#ifndef OWNER_ENTRY_H
#define OWNER_ENTRY_H

/*
 * One end of a connection, seen from this machine. IPv4 addresses are mapped
 * (::ffff:10.0.0.1); a listener's remote end is all zero, and its local address
 * may be.
 */
struct owner_key {
	__u8 local[16];
	__u8 remote[16];
	__u16 lport; /* host order */
	__u16 rport;
};

/* owner_entry.flags */
#define OWNER_V6ONLY 1	  /* a listener on :: that takes no IPv4 */
#define OWNER_IN_CGROUP 2 /* below the one that is asked for */

struct owner_entry {
	__u64 cgroup_id; /* in the cgroup2 tree */
	/* Since when, or in owners_closed: until when. CLOCK_MONOTONIC. */
	__u64 ts_ns;
	__u64 sk;  /* the socket's address; 0: from a snapshot */
	__u32 pid; /* the process, in the machine's own numbering */
	__u32 uid;
	char comm[16]; /* of its first thread */
	__u32 flags;
	__u32 pad;
};

/* What is looked at. */
struct owner_scope {
	__u32 netns;	 /* inode number */
	__u32 has_ports; /* only local ports that are set in: */
	__u64 ports[1024];
};

/* Connections at a time, more where there are many when it starts. */
#define OWNERS_MIN 32768

/*
 * A byte for each connection in owners and owners_closed, set once it is there:
 * what has none is in neither, and nobody needs to ask the kernel for it.
 */
#define OWNER_MARKS_BITS 17
struct owner_marks {
	__u8 is_set[1 << OWNER_MARKS_BITS];
};

/* The number of the connection's byte; others may have the same. */
static inline __u32 owner_mark(const struct owner_key *key)
{
	__u32 hash = 0, word, i;

#ifdef __clang__
#pragma unroll
#endif
	for (i = 0; i < sizeof(*key); i += sizeof(word)) {
		__builtin_memcpy(&word, (const char *)key + i, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b1;
		hash ^= hash >> 15;
	}
	return hash & ((1 << OWNER_MARKS_BITS) - 1);
}

_Static_assert(sizeof(struct owner_key) == 36, "no padding");
_Static_assert(sizeof(struct owner_entry) == 56, "no padding");
_Static_assert(sizeof(struct owner_scope) == 8200, "no padding");

#endif
