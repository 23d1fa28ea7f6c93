/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs in bpf_src/ send to user space: fixed-width data only, in
 * the sender's byte order (host) unless a name ends in _be. This text is also
 * compiled by clang for BPF, so it must include nothing.
 */
#ifndef EVENT_H
#define EVENT_H

/* Where a packet was seen: tcp_event.hook. */
#define HOOK_SOCKET 0
#define HOOK_TC 1
#define HOOK_XDP 2
#define HOOK_TRACEPOINT 3
#define HOOK_TCP 4

/* tcp_event.dir, seen from this machine. */
#define DIR_IN 0
#define DIR_OUT 1

/* tcp_event.flags: byte 13 of the TCP header and the low bit of byte 12. */
#define TCP_FIN 0x001
#define TCP_SYN 0x002
#define TCP_RST 0x004
#define TCP_PSH 0x008
#define TCP_ACK 0x010
#define TCP_URG 0x020
#define TCP_ECE 0x040
#define TCP_CWR 0x080
#define TCP_AE 0x100 /* accurate ECN, RFC 9768; once NS, RFC 3540 */

/* tcp_event.vlan: the 12-bit VLAN id, or this when the packet had no tag. */
#define VLAN_NONE 0xffff

/*
 * One TCP segment. An IPv4 event is cut off in front of saddr6: its addresses
 * are saddr_be and daddr_be alone. An IPv6 address is its first four bytes in
 * saddr_be, the other twelve in saddr6.
 *
 * A field that you add, in front of saddr_be, becomes a column and a key of the
 * JSON under its name.
 *
 * caplen bytes of the packet may follow the event, from the IP header on;
 * payload_off is where the TCP payload starts in them.
 */
struct tcp_event {
	__u64 ts_ns;   /* CLOCK_MONOTONIC, as bpf_ktime_get_ns() */
	__u32 ifindex; /* in the namespace the hook is in */
	__u32 seq;     /* raw, as on the wire */
	__u32 ack;     /* raw, 0 without ACK */
	__u32 len;     /* TCP payload, bytes */
	__u32 wirelen; /* the packet from the network header on, bytes */
	__u16 sport;
	__u16 dport;
	__u16 win;   /* unscaled */
	__u16 flags; /* TCP_* */
	__u16 vlan;  /* outermost id, or VLAN_NONE */
	__u16 mss;   /* of the MSS option (SYN only), 0 when absent */
	__u16 caplen;
	__u16 payload_off;
	__u8 ip;   /* 4 or 6 */
	__u8 ttl;  /* or hop limit */
	__u8 hook; /* HOOK_* */
	__u8 dir;  /* DIR_* */
	__u32 saddr_be;
	__u32 daddr_be;
	__u32 saddr6[3]; /* network order */
	__u32 daddr6[3];
};

#define TCP_EVENT_V4_SIZE __builtin_offsetof(struct tcp_event, saddr6)
#define TCP_EVENT_V6_SIZE sizeof(struct tcp_event)

/*
 * Events of a CPU that wait to be sent together, in one sample: one slot a CPU,
 * and behind this TCP_BATCH events.
 */
#define TCP_BATCH 16 /* a power of two */
struct batch_head {
	__u64 sent_ns; /* CLOCK_MONOTONIC of the last that were sent, or 0 */
	__u32 nr;
	__u32 is_busy;	  /* in use, or events are not to wait: send them */
	__u32 event_size; /* bytes; once the slot was asked for its events */
	__u32 unused;
};

/*
 * One slot a CPU, counted by the program itself.
 * seen = filtered + matched; matched = submitted + ring_full + submit_failed.
 */
struct hook_stats {
	__u64 seen;	     /* packets the program ran on */
	__u64 matched;	     /* TCP segments that passed every filter */
	__u64 submitted;     /* put into the perf buffer, or about to be */
	__u64 ring_full;     /* refused: no room (ENOSPC) */
	__u64 submit_failed; /* refused for another reason */
};

_Static_assert(sizeof(struct batch_head) == 24, "no padding");
_Static_assert(sizeof(struct hook_stats) == 40, "no padding");

#endif
