// SPDX-License-Identifier: GPL-2.0
#include "view/life.h"

#include <errno.h>
#include <linux/types.h>
#include <netinet/tcp.h>
#include <string.h>

#include "tcplife_event.h"

#define NO_RTT 0xffffffffu /* net/ipv4/tcp_input.c, minmax_reset() */

static const char *const state_names[] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN_SENT",
	[TCP_SYN_RECV] = "SYN_RECV",
	[TCP_FIN_WAIT1] = "FIN_WAIT1",
	[TCP_FIN_WAIT2] = "FIN_WAIT2",
	[TCP_TIME_WAIT] = "TIME_WAIT",
	[TCP_CLOSE] = "CLOSE",
	[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_LAST_ACK] = "LAST_ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
	/* Not in that header: include/net/tcp_states.h. */
	[12] = "NEW_SYN_RECV",
	[13] = "BOUND_INACTIVE",
};

const char *life_state_name(uint8_t state)
{
	if (state >= sizeof(state_names) / sizeof(state_names[0]))
		return NULL;
	return state_names[state];
}

/* Whose FIN was the first, as far as the state before the end says. */
static enum life_side first_fin(uint8_t state)
{
	static const uint8_t sides[] = {
		[TCP_FIN_WAIT1] = LIFE_LOCAL, [TCP_FIN_WAIT2] = LIFE_LOCAL,
		[TCP_CLOSING] = LIFE_LOCAL,   [TCP_TIME_WAIT] = LIFE_LOCAL,
		[TCP_LAST_ACK] = LIFE_REMOTE, [TCP_CLOSE_WAIT] = LIFE_REMOTE,
	};

	return state < sizeof(sides) ? sides[state] : LIFE_NOBODY;
}

/*
 * tcp_reset() leaves ECONNRESET or EPIPE. It is also called for data that comes
 * in after the process has closed, where it is we who send the reset.
 */
static enum life_end reset_end(const struct tcplife_event *ev)
{
	bool is_closed = ev->known & LIFE_ORPHAN && !(ev->known & LIFE_FIN_IN);

	if (is_closed && first_fin(ev->old_state) == LIFE_LOCAL)
		return LIFE_END_RST;
	return LIFE_END_RST_RECEIVED;
}

/* By the errors that the kernel's functions leave, and where they leave none
 * by the states from which a FIN leads to CLOSE. */
static enum life_end end_of(const struct tcplife_event *ev)
{
	if (ev->err == ECONNRESET || ev->err == EPIPE)
		return reset_end(ev);
	/* tcp_write_err(): what a router said last, or ETIMEDOUT */
	if (ev->err == ETIMEDOUT || (ev->err && ev->err == ev->err_soft))
		return LIFE_END_TIMEOUT;
	/* tcp_abort(): "ss -K" */
	if (ev->err == ECONNABORTED)
		return LIFE_END_RST_SENT;
	switch (ev->old_state) {
	case TCP_FIN_WAIT2:
	case TCP_TIME_WAIT:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		return LIFE_END_FIN;
	}
	return LIFE_END_RST_SENT;
}

static enum life_side closed_by(const struct tcplife_event *ev,
				enum life_end end)
{
	enum life_side side = first_fin(ev->old_state);

	if (side != LIFE_NOBODY)
		return side;
	return end == LIFE_END_RST_SENT	      ? LIFE_LOCAL
	       : end == LIFE_END_RST_RECEIVED ? LIFE_REMOTE
					      : LIFE_NOBODY;
}

static void decode_counts(const struct tcplife_event *ev, struct life *life)
{
	life->end = end_of(ev);
	life->first_fin = first_fin(ev->old_state);
	life->closed_by = closed_by(ev, life->end);
	life->rx_bytes = ev->rx_bytes;
	if (ev->known & LIFE_FIN_IN && life->rx_bytes)
		life->rx_bytes--;
	life->tx_bytes = ev->tx_bytes - ev->retrans_bytes;
	life->rx_segs = ev->rx_segs;
	life->tx_segs = ev->tx_segs;
	life->rx_data_segs = ev->rx_data_segs;
	life->tx_data_segs = ev->tx_data_segs;
	life->retrans = ev->retrans_segs;
	life->has_rtt = ev->srtt_us;
	life->srtt_us = ev->srtt_us >> 3;
	life->has_min_rtt = ev->min_rtt_us != NO_RTT;
	life->min_rtt_us = ev->min_rtt_us;
	life->has_handshake = ev->known & LIFE_HANDSHAKE;
	life->handshake_us = ev->handshake_us;
}

static void decode_record(const struct tcplife_event *ev, uint64_t boot_ns,
			  struct life *life)
{
	size_t addr_size = ev->ip == 4 ? 4 : 16;

	life->rec = (struct record){
		.ts_ns = ev->ts_ns + boot_ns,
		.ifname = "",
		.is_out = ev->opened == LIFE_OUT,
		.ip = ev->ip,
		.sport = ev->lport,
		.dport = ev->rport,
		.has_owner = ev->known & LIFE_OWNER,
		.pid = ev->pid,
		.uid = ev->uid,
		.comm = life->comm,
	};
	memcpy(life->rec.saddr, ev->local_be, addr_size);
	memcpy(life->rec.daddr, ev->remote_be, addr_size);
	memcpy(life->comm, ev->comm, sizeof(ev->comm));
}

/* A connection is what was established once. */
static bool is_sane(const struct tcplife_event *ev)
{
	if ((ev->ip != 4 && ev->ip != 6) || ev->opened > LIFE_BEFORE)
		return false;
	if (ev->kind == LIFE_STATE)
		return true;
	return ev->kind == LIFE_CONNECTION && ev->new_state == TCP_CLOSE &&
	       ev->tx_bytes >= ev->retrans_bytes;
}

int life_decode(const void *raw, size_t size, uint64_t boot_ns,
		struct life *life)
{
	struct tcplife_event ev = {};

	if (size < LIFE_STATE_SIZE)
		return -EBADMSG;
	memcpy(&ev, raw, size < sizeof(ev) ? size : sizeof(ev));
	if (!is_sane(&ev) ||
	    (ev.kind == LIFE_CONNECTION && size < LIFE_CONNECTION_SIZE))
		return -EBADMSG;
	*life = (struct life){
		.kind = ev.kind,
		.opened = ev.opened,
		.old_state = ev.old_state,
		.new_state = ev.new_state,
		.has_span = ev.known & LIFE_SPAN,
		.span_us = ev.span_ns / 1000,
	};
	decode_record(&ev, boot_ns, life);
	if (ev.kind == LIFE_CONNECTION)
		decode_counts(&ev, life);
	return 0;
}
