/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tcplife's program sends to user space; see event.h for the rules. The
 * numbers are the kernel's own and as it had them at the change of state: what
 * they mean is decided in user space (tools/view/life.c).
 */
#ifndef TCPLIFE_EVENT_H
#define TCPLIFE_EVENT_H

/* tcplife_event.kind */
#define LIFE_STATE 0
#define LIFE_CONNECTION 1

/* tcplife_event.opened: who opened the connection. */
#define LIFE_UNOPENED 0
#define LIFE_OUT 1
#define LIFE_IN 2
#define LIFE_BEFORE 3 /* not seen: it is older than the tool */

/* tcplife_event.known: which fields hold something. */
#define LIFE_SPAN 0x01
#define LIFE_OWNER 0x02
#define LIFE_HANDSHAKE 0x04
/* And two flags of the socket (enum sock_flags of the kernel). */
#define LIFE_ORPHAN 0x08 /* SOCK_DEAD: no process has it any more */
#define LIFE_FIN_IN 0x10 /* SOCK_DONE: the peer's FIN has come */

/*
 * A change of state; that to CLOSE of an established connection ends it. The
 * event of kind LIFE_STATE is cut off in front of rx_bytes. An IPv4 address is
 * the first word of four.
 */
struct tcplife_event {
	__u64 ts_ns;   /* CLOCK_MONOTONIC */
	__u64 span_ns; /* since it was established; state: in old_state */
	__u32 local_be[4];
	__u32 remote_be[4];
	__u16 lport;
	__u16 rport;
	__u8 kind; /* LIFE_* */
	__u8 ip;   /* 4 or 6 */
	__u8 opened;
	__u8 known;
	__u8 old_state; /* TCP_* of the kernel's tcp_states.h */
	__u8 new_state;
	__u16 err;	/* sk_err */
	__u16 err_soft; /* sk_err_soft */
	__u16 zero;
	__u32 pid;
	__u32 uid;
	__u8 comm[16];

	__u64 rx_bytes;	     /* bytes_received: a FIN counts as one */
	__u64 tx_bytes;	     /* bytes_sent: payload, retransmitted too */
	__u64 retrans_bytes; /* bytes_retrans */
	__u32 rx_segs;
	__u32 tx_segs;
	__u32 rx_data_segs;
	__u32 tx_data_segs;
	__u32 retrans_segs; /* total_retrans */
	__u32 srtt_us;	    /* eight times the microseconds, 0: none */
	__u32 min_rtt_us;   /* ~0: none */
	__u32 handshake_us; /* from SYN or SYN-ACK sent to established */
};

#define LIFE_STATE_SIZE 88
#define LIFE_CONNECTION_SIZE 144

_Static_assert(__builtin_offsetof(struct tcplife_event, rx_bytes) ==
		       LIFE_STATE_SIZE,
	       "a change of state ends at rx_bytes");
_Static_assert(sizeof(struct tcplife_event) == LIFE_CONNECTION_SIZE,
	       "no padding");

#endif
