/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet as people and programs see it: host order, decoded, complete.
 * Decoding is pure and trusts nothing about the bytes it is given.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record {
	uint64_t ts_ns;	     /* CLOCK_REALTIME, since the epoch */
	const char *hook;    /* "socket", "tc" ... owned by the caller */
	const char *ifname;  /* any bytes; never NULL; owned by the caller */
	uint8_t hook_number; /* HOOK_* of event.h */
	bool is_out;
	uint8_t ip;	   /* 4 or 6 */
	uint8_t saddr[16]; /* network order; IPv4: the first 4 bytes */
	uint8_t daddr[16];
	uint16_t sport, dport;
	uint16_t flags; /* TCP_* of event.h */
	uint32_t seq, ack;
	uint16_t win;
	uint32_t len, wirelen;
	uint8_t ttl;

	bool has_vlan;
	uint16_t vlan;
	bool has_mss;
	uint16_t mss;

	/* Whose it is, as far as it is known: never a guess. */
	bool has_owner;		/* pid and uid (and comm, unless NULL) */
	bool owner_is_listener; /* of the listening socket: none of its own */
	uint32_t pid, uid;
	const char *comm;   /* any bytes; these strings are the caller's */
	const char *cgroup; /* a path, or NULL */
	bool has_netns;
	uint64_t netns; /* inode number */

	const char *reason; /* why it was dropped, or NULL */

	/* Relative numbers of the flow (see flow.h); equal to the raw ones
	 * where there is nothing to relate to. Text only. */
	uint32_t rel_seq, rel_ack;

	/* The event itself, where view.own knows of more fields; else NULL.
	 * Valid as long as the event. */
	const void *own;
	size_t own_size;

	/* The captured bytes, from the network header on; NULL when nothing
	 * was captured. Points into the event, valid as long as that. */
	const uint8_t *frame;
	uint32_t frame_len;

	/* The captured part of the payload; NULL when nothing was captured. */
	const uint8_t *payload;
	uint32_t payload_len; /* captured bytes, at most len */
};

/*
 * Decode SIZE bytes at RAW, which need not be aligned and may be followed by
 * padding, into *REC; BOOT_NS is added to the event's time (real-time clock
 * minus CLOCK_MONOTONIC). hook and ifname are left NULL, for the caller to find
 * their names by hook_number, which may be any, and *IFINDEX. The relative
 * numbers are the raw ones. 0, or -EBADMSG when the bytes are too short for
 * what they claim to be, or claim to be what does not exist.
 */
int record_decode(const void *raw, size_t size, uint64_t boot_ns,
		  struct record *rec, uint32_t *ifindex);

/*
 * For events that hold a packet's, with CAPLEN bytes of the packet behind
 * themselves: *REC, decoded without any, has those at CAPTURED, and its payload
 * starts at PAYLOAD_OFF, which is at most CAPLEN.
 */
void record_captured(struct record *rec, const uint8_t *captured,
		     uint32_t caplen, uint32_t payload_off);

/* By bit, and in the order and spelling of the JSON; ends with bit 0. */
extern const struct flag_name {
	uint16_t bit;
	char letter;	  /* S F R P A U E W e: see tcpdump(8); ACK is 'A' */
	const char *name; /* upper case */
} flag_names[];

#endif
