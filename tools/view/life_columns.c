// SPDX-License-Identifier: GPL-2.0
/* What the rows of tcplife-c say, beside what owner.c and packet.c have. */
#include <linux/types.h>

#include "tcplife_event.h"
#include "view/life.h"

#define SPAN_WIDTH 8
#define RTT_WIDTH 6

static const struct life *life_of(const struct record *rec)
{
	return (const struct life *)(const void *)rec;
}

static void text_laddr(struct view *v, const struct record *rec, struct buf *b)
{
	column_saddr.text(v, rec, b);
}

static void json_laddr(struct view *v, const struct record *rec, struct buf *b)
{
	column_saddr.json(v, rec, b);
}

static void text_lport(struct view *v, const struct record *rec, struct buf *b)
{
	column_sport.text(v, rec, b);
}

static void text_raddr(struct view *v, const struct record *rec, struct buf *b)
{
	column_daddr.text(v, rec, b);
}

static void json_raddr(struct view *v, const struct record *rec, struct buf *b)
{
	column_daddr.json(v, rec, b);
}

static void text_rport(struct view *v, const struct record *rec, struct buf *b)
{
	column_dport.text(v, rec, b);
}

static bool has_dir(const struct record *rec)
{
	uint8_t opened = life_of(rec)->opened;

	return opened == LIFE_IN || opened == LIFE_OUT;
}

static const char *string_dir(const struct record *rec)
{
	return rec->is_out ? "out" : "in";
}

static void text_dir(struct view *v, const struct record *rec, struct buf *b)
{
	buf_chr(b, rec->is_out ? '>' : '<');
}

static bool is_before(const struct record *rec)
{
	return life_of(rec)->opened == LIFE_BEFORE;
}

static const char *string_before(const struct record *rec)
{
	return "before";
}

static bool has_span(const struct record *rec)
{
	return life_of(rec)->has_span;
}

static bool has_rtt(const struct record *rec)
{
	return life_of(rec)->has_rtt;
}

static bool has_min_rtt(const struct record *rec)
{
	return life_of(rec)->has_min_rtt;
}

static bool has_handshake(const struct record *rec)
{
	return life_of(rec)->has_handshake;
}

/* Milliseconds in WIDTH columns, with as many decimals as there is room for. */
static void put_ms(struct buf *b, uint64_t us, unsigned width)
{
	static const unsigned per_unit[] = {1000, 100, 10, 1};
	uint64_t ms = us / 1000, limit = 10;
	unsigned decimals = 3, i;

	for (i = 1; i < width - 4; i++)
		limit *= 10;
	for (; decimals && ms >= limit; limit *= 10)
		decimals--;
	/* Without decimals goes the point. */
	if (!decimals && ms >= limit * 10) {
		buf_u64(b, ms / 1000);
		buf_chr(b, 's');
		return;
	}
	buf_u64(b, ms);
	if (!decimals)
		return;
	buf_chr(b, '.');
	buf_digits(b, us % 1000 / per_unit[decimals], decimals);
}

static void text_span(struct view *v, const struct record *rec, struct buf *b)
{
	put_ms(b, life_of(rec)->span_us, SPAN_WIDTH);
}

static void text_rtt(struct view *v, const struct record *rec, struct buf *b)
{
	put_ms(b, life_of(rec)->srtt_us, RTT_WIDTH);
}

/* Seven digits, or six and the thousands that they count. */
static void put_bytes(struct buf *b, uint64_t bytes)
{
	static const char units[] = "KMGT";
	const char *unit = units;

	if (bytes < 10000000) {
		buf_u64(b, bytes);
		return;
	}
	for (bytes /= 1000; bytes >= 1000000 && unit[1]; bytes /= 1000)
		unit++;
	buf_u64(b, bytes);
	buf_chr(b, *unit);
}

static void text_rx(struct view *v, const struct record *rec, struct buf *b)
{
	put_bytes(b, life_of(rec)->rx_bytes);
}

static void text_tx(struct view *v, const struct record *rec, struct buf *b)
{
	put_bytes(b, life_of(rec)->tx_bytes);
}

static bool is_closed_by(const struct record *rec)
{
	return life_of(rec)->closed_by != LIFE_NOBODY;
}

static const char *string_closed_by(const struct record *rec)
{
	return life_of(rec)->closed_by == LIFE_LOCAL ? "local" : "remote";
}

static const struct {
	const char *json;
	const char *text;
	const char *after_fin;
	const char *colour;
} ends[] = {
	[LIFE_END_FIN] = {"fin", "", "", NULL},
	[LIFE_END_RST_SENT] = {"rst_sent", ">RST", ">R", COLOUR_RED},
	[LIFE_END_RST_RECEIVED] = {"rst_received", "<RST", "<R", COLOUR_RED},
	[LIFE_END_RST] = {"rst", "?RST", "?R", COLOUR_RED},
	[LIFE_END_TIMEOUT] = {"timeout", "GONE", "-G", COLOUR_RED},
};

static const char *string_end(const struct record *rec)
{
	return ends[life_of(rec)->end].json;
}

/* The first FIN, and what came instead of the second: ">FIN<R". */
static void text_end(struct view *v, const struct record *rec, struct buf *b)
{
	const struct life *life = life_of(rec);

	if (life->first_fin == LIFE_NOBODY) {
		buf_str(b, ends[life->end].text);
		return;
	}
	buf_str(b, life->first_fin == LIFE_LOCAL ? ">FIN" : "<FIN");
	buf_str(b, ends[life->end].after_fin);
}

static const char *colour_end(const struct record *rec)
{
	return ends[life_of(rec)->end].colour;
}

static void put_state(struct buf *b, uint8_t state)
{
	const char *name = life_state_name(state);

	if (name)
		buf_str(b, name);
	else
		buf_u64(b, state);
}

static void json_state(struct buf *b, uint8_t state)
{
	buf_chr(b, '"');
	put_state(b, state);
	buf_chr(b, '"');
}

static void text_old(struct view *v, const struct record *rec, struct buf *b)
{
	put_state(b, life_of(rec)->old_state);
}

static void json_old(struct view *v, const struct record *rec, struct buf *b)
{
	json_state(b, life_of(rec)->old_state);
}

static void text_new(struct view *v, const struct record *rec, struct buf *b)
{
	put_state(b, life_of(rec)->new_state);
}

static void json_new(struct view *v, const struct record *rec, struct buf *b)
{
	json_state(b, life_of(rec)->new_state);
}

COLUMN_NUMBER(struct record, sport)
COLUMN_NUMBER(struct record, dport)
COLUMN_NUMBER(struct life, span_us)
COLUMN_NUMBER(struct life, handshake_us)
COLUMN_NUMBER(struct life, rx_bytes)
COLUMN_NUMBER(struct life, tx_bytes)
COLUMN_NUMBER(struct life, rx_segs)
COLUMN_NUMBER(struct life, tx_segs)
COLUMN_NUMBER(struct life, rx_data_segs)
COLUMN_NUMBER(struct life, tx_data_segs)
COLUMN_NUMBER(struct life, retrans)
COLUMN_NUMBER(struct life, srtt_us)
COLUMN_NUMBER(struct life, min_rtt_us)

/* clang-format off */
static const struct column dir = {"dir", COLUMN_LEFT("D", 1), .has = has_dir,
	.string = string_dir, .text = text_dir};
static const struct column laddr = {"laddr", COLUMN_LEFT("LOCAL", 18),
	.text = text_laddr, .json = json_laddr};
static const struct column lport = {"lport", COLUMN_JOINED,
	.number = number_sport, .text = text_lport};
static const struct column raddr = {"raddr", COLUMN_LEFT("REMOTE", 18),
	.can_break = true, .text = text_raddr, .json = json_raddr};
static const struct column rport = {"rport", COLUMN_JOINED,
	.number = number_dport, .text = text_rport};
static const struct column duration = {"duration_us", COLUMN_RIGHT("MS", SPAN_WIDTH),
	.has = has_span, .number = number_span_us, .text = text_span};
static const struct column opened = {"opened", COLUMN_JOINED,
	.has = is_before, .string = string_before};
static const struct column handshake = {"handshake_us", COLUMN_WORD,
	.has = has_handshake, .number = number_handshake_us};
static const struct column rx_bytes = {"rx_bytes", COLUMN_RIGHT("RX", 7),
	.number = number_rx_bytes, .text = text_rx};
static const struct column tx_bytes = {"tx_bytes", COLUMN_RIGHT("TX", 7),
	.number = number_tx_bytes, .text = text_tx};
static const struct column rx_segs = {"rx_segs", COLUMN_WORD,
	.number = number_rx_segs};
static const struct column tx_segs = {"tx_segs", COLUMN_WORD,
	.number = number_tx_segs};
static const struct column rx_data_segs = {"rx_data_segs", COLUMN_WORD,
	.number = number_rx_data_segs};
static const struct column tx_data_segs = {"tx_data_segs", COLUMN_WORD,
	.number = number_tx_data_segs};
static const struct column srtt = {"srtt_us", COLUMN_RIGHT("RTT", RTT_WIDTH),
	.has = has_rtt, .number = number_srtt_us, .text = text_rtt};
static const struct column min_rtt = {"min_rtt_us", COLUMN_WORD,
	.has = has_min_rtt, .number = number_min_rtt_us};
static const struct column retrans = {"retrans", COLUMN_RIGHT("RE", 2),
	.number = number_retrans};
static const struct column end = {"how", COLUMN_LEFT("END", 4),
	.string = string_end, .text = text_end, .colour = colour_end};
static const struct column closed_by = {"closed_by", COLUMN_WORD,
	.has = is_closed_by, .string = string_closed_by};
static const struct column last_state = {"last_state", COLUMN_WORD,
	.text = text_old, .json = json_old};
static const struct column old_state = {"old_state", COLUMN_LEFT("OLD", 11),
	.text = text_old, .json = json_old};
static const struct column new_state = {"new_state", COLUMN_LEFT("NEW", 11),
	.text = text_new, .json = json_new};

static const struct column *const connection_columns[] = {
	&column_ts, &column_ip, &dir, &laddr, &lport, &raddr, &rport,
	&duration, &opened, &handshake, &rx_bytes, &tx_bytes, &rx_segs,
	&tx_segs, &rx_data_segs, &tx_data_segs, &srtt, &min_rtt, &retrans,
	&end, &closed_by, &last_state, &column_pid, &column_comm, &column_uid,
	NULL
};

static const struct column *const state_columns[] = {
	&column_ts, &column_ip, &dir, &laddr, &lport, &raddr, &rport,
	&old_state, &new_state, &duration, &column_pid, &column_comm,
	&column_uid, NULL
};
/* clang-format on */

static const unsigned char state_widths[] = {12, 1, 21, 20, 11, 11, 10, 7};

const struct schema schema_connection = {
	.type = "connection",
	.noun = "connection",
	.nouns = "connections",
	.columns = connection_columns,
};

const struct schema schema_state = {
	.type = "state",
	.noun = "change of state",
	.nouns = "changes of state",
	.columns = state_columns,
	.widths = state_widths,
};
