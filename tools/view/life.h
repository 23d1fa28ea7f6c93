/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection that has ended, or a change of a TCP socket's state, as people
 * and programs see it. Decoding is pure and trusts nothing.
 */
#ifndef LIFE_H
#define LIFE_H

#include "view/columns.h"

/* How a connection came to its end. */
enum life_end {
	LIFE_END_FIN,	       /* one end closed, or both, in order */
	LIFE_END_RST_SENT,     /* by us */
	LIFE_END_RST_RECEIVED, /* by the peer */
	LIFE_END_RST,	       /* the kernel does not tell by whom */
	LIFE_END_TIMEOUT,      /* the peer did not answer any more */
};

/* Who was the first to end it. */
enum life_side {
	LIFE_NOBODY,
	LIFE_LOCAL,
	LIFE_REMOTE,
};

/* In rec the local end is the source, the remote one the destination. */
struct life {
	struct record rec; /* has_owner: the process that connected or closed */
	uint8_t kind;	   /* LIFE_* of tcplife_event.h, as opened and states */
	uint8_t opened;
	uint8_t old_state, new_state;
	bool has_span;
	uint64_t span_us; /* since it was established; state: in old_state */
	enum life_end end;
	enum life_side closed_by;
	enum life_side first_fin; /* whose came before the end, if any */
	/* Payload, each byte once. */
	uint64_t rx_bytes, tx_bytes;
	/* Segments, retransmitted ones too. Of an incoming connection the
	 * SYN-ACK, which its socket did not send, is not counted. */
	uint32_t rx_segs, tx_segs, rx_data_segs, tx_data_segs;
	uint32_t retrans; /* of all kinds, SYN and SYN-ACK too */
	bool has_rtt;
	uint32_t srtt_us;
	bool has_min_rtt;
	uint32_t min_rtt_us;
	bool has_handshake;
	uint32_t handshake_us; /* from SYN (out), SYN-ACK (in) to established */
	char comm[17];
};

/*
 * Decode SIZE bytes at RAW (struct tcplife_event), which need not be aligned
 * and may be followed by padding; BOOT_NS is added to the event's time. The
 * record points into *LIFE. 0, or -EBADMSG when the bytes are too short for
 * what they claim to be, or claim to be what does not exist.
 */
int life_decode(const void *raw, size_t size, uint64_t boot_ns,
		struct life *life);

/* "SYN_RECV"; NULL for a state that we do not know. */
const char *life_state_name(uint8_t state);

extern const struct schema schema_connection, schema_state;

#endif
