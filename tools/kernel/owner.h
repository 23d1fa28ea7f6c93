/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose a packet is, by its connection: a program of its own keeps the owners
 * of connections in maps (bpf_src/owner.c), a snapshot adds those that are
 * older than it.
 */
#ifndef OWNER_H
#define OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/range.h"
#include "kernel/load.h"

struct owner {
	uint32_t pid; /* of the process; it may have ended by now */
	uint32_t uid;
	char comm[16];
	uint64_t cgroup_id;
	bool is_listener;  /* not the connection's: of who listens there */
	bool is_in_cgroup; /* below owners_opts.cgroup */
};

/* What is known of a packet's process. */
enum owner_answer {
	OWNER_NONE,   /* there is none: nobody has such a socket */
	OWNER_KNOWN,  /* it is this one */
	OWNER_UNKNOWN /* there may be one, and it cannot be told */
};

struct owners;

struct owners_opts {
	const struct image *img; /* of bpf_src/owner.c; must live as long */
	int netns;		 /* descriptor, -1: the own one */
	uint32_t netns_inum;
	/* Of whose connections alone owners are kept; NULL or empty: all. */
	const struct range_set *local_ports;
	/* NULL, or programs for packets that are loaded already. */
	const struct loaded *packets;
	/* There is another filter than LOCAL_PORTS, too: perhaps no packet ever
	 * matches. */
	bool is_narrow;
	/* Path in the cgroup2 tree ("/system.slice"), or NULL. With a path IMG
	 * must have been compiled with WANT_CGROUP. */
	const char *cgroup;
	/* Connections, sockets that listen or connect, and those that ended
	 * lately: of so many at a time owners are known; 0: of as many as take a
	 * 32nd of the machine's memory. */
	uint32_t max;
	/* NULL, or what cannot wait while owners_open() or owners_wait() take
	 * some milliseconds. */
	void (*meanwhile)(void *arg);
	void *arg;
};

/*
 * Load and attach the program, and start the snapshot in a child process. NULL
 * with ERR filled.
 */
struct owners *owners_open(const struct owners_opts *opts, struct loop *loop,
			   struct load_error *err);

/*
 * Wait for the snapshot, at most so long: from then on connections older than
 * the program are known. -ETIMEDOUT: it goes on in the loop. 0, or -errno of
 * the snapshot, which costs their owners, nothing else.
 */
int owners_wait(struct owners *o, int timeout_ms);

/*
 * Packets have come and will be asked for. While none had, with a narrow filter
 * or ports that nobody has, the machine's connections were not watched; so the
 * first time this takes some milliseconds, at most a tenth of a second. Null-safe.
 */
void owners_wake(struct owners *o);

/*
 * From time to time, at best 50 times a second: make room where connections
 * become many, and look for owners that were missed. Null-safe.
 */
void owners_tend(struct owners *o);

/* Null-safe. */
void owners_close(struct owners *o);

/* For load_maps(): programs that use common/owner.h share these maps. */
const struct loaded *owners_maps(const struct owners *o);

/* What is asked for: a packet, seen from this machine. */
struct owner_packet {
	uint64_t ts_ns;		       /* when it was seen, CLOCK_MONOTONIC */
	const uint8_t *local, *remote; /* 4 or 16 bytes, network order */
	uint32_t ifindex;	       /* where it was seen */
	uint16_t lport, rport;
	uint16_t flags; /* TCP_* of event.h */
	uint8_t ip;	/* 4 or 6 */
	bool is_out;
};

/*
 * When a packet comes in, its process has not yet been woken, so whoever asks
 * at once may get the listener for a connection's first packets: ask this much
 * later. A SYN of the other side, and our answer to it, are the listener's
 * in any case.
 */
#define OWNERS_SETTLE_NS 10000000

/*
 * *OUT is filled when it is OWNER_KNOWN. Where several may be it, as with sockets
 * that share a port, nobody is. Cheap: about 50 ns for a connection asked for
 * lately, else one to five system calls.
 */
enum owner_answer owners_find(struct owners *o, const struct owner_packet *p,
			      struct owner *out);

/*
 * The path of a cgroup in the cgroup2 tree: "/system.slice/nginx.service".
 * NULL when it cannot be told. Valid until the next call.
 */
const char *owners_cgroup(struct owners *o, uint64_t cgroup_id);

#endif
