// SPDX-License-Identifier: GPL-2.0
/*
 * What the rows of tcplife-c say, beside what owner_columns.c and
 * packet_columns.c have.
 */
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

static void cell_lport(struct view *v, const struct record *rec, struct buf *b)
{
	column_sport.cell(v, rec, b);
}

static void text_raddr(struct view *v, const struct record *rec, struct buf *b)
{
	column_daddr.text(v, rec, b);
}

static void json_raddr(struct view *v, const struct record *rec, struct buf *b)
{
	column_daddr.json(v, rec, b);
}

static void cell_rport(struct view *v, const struct record *rec, struct buf *b)
{
	column_dport.cell(v, rec, b);
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
static const struct column dir = {COLUMN_KEY("dir"), COLUMN_LEFT("D"),
	.has = has_dir, .string = string_dir, .text = text_dir};
static const struct column laddr = {COLUMN_KEY("laddr"), COLUMN_LEFT("LOCAL"),
	.text = text_laddr, .json = json_laddr};
static const struct column lport = {COLUMN_KEY("lport"), .number = number_sport,
	.cell = cell_lport};
static const struct column raddr = {COLUMN_KEY("raddr"), COLUMN_LEFT("REMOTE"),
	.can_break = true, .text = text_raddr, .json = json_raddr};
static const struct column rport = {COLUMN_KEY("rport"), .number = number_dport,
	.cell = cell_rport};
static const struct column duration = {COLUMN_KEY("duration_us"),
	COLUMN_RIGHT("MS"), .has = has_span, .number = number_span_us,
	.text = text_span};
static const struct column opened = {COLUMN_KEY("opened"), .has = is_before,
	.string = string_before};
static const struct column handshake = {COLUMN_KEY("handshake_us"),
	.has = has_handshake, .number = number_handshake_us};
static const struct column rx_bytes = {COLUMN_KEY("rx_bytes"),
	COLUMN_RIGHT("RX"), .number = number_rx_bytes, .text = text_rx};
static const struct column tx_bytes = {COLUMN_KEY("tx_bytes"),
	COLUMN_RIGHT("TX"), .number = number_tx_bytes, .text = text_tx};
static const struct column rx_segs = {COLUMN_KEY("rx_segs"),
	.number = number_rx_segs};
static const struct column tx_segs = {COLUMN_KEY("tx_segs"),
	.number = number_tx_segs};
static const struct column rx_data_segs = {COLUMN_KEY("rx_data_segs"),
	.number = number_rx_data_segs};
static const struct column tx_data_segs = {COLUMN_KEY("tx_data_segs"),
	.number = number_tx_data_segs};
static const struct column srtt = {COLUMN_KEY("srtt_us"), COLUMN_RIGHT("RTT"),
	.has = has_rtt, .number = number_srtt_us, .text = text_rtt};
static const struct column min_rtt = {COLUMN_KEY("min_rtt_us"),
	.has = has_min_rtt, .number = number_min_rtt_us};
static const struct column retrans = {COLUMN_KEY("retrans"), COLUMN_RIGHT("RE"),
	.number = number_retrans};
static const struct column end = {COLUMN_KEY("how"), COLUMN_LEFT("END"),
	.string = string_end, .text = text_end, .colour = colour_end};
static const struct column closed_by = {COLUMN_KEY("closed_by"),
	.has = is_closed_by, .string = string_closed_by};
static const struct column last_state = {COLUMN_KEY("last_state"),
	.text = text_old, .json = json_old};
static const struct column old_state = {COLUMN_KEY("old_state"),
	COLUMN_LEFT("OLD"), .text = text_old, .json = json_old};
static const struct column new_state = {COLUMN_KEY("new_state"),
	COLUMN_LEFT("NEW"), .text = text_new, .json = json_new};

static const struct field connection_fields[] = {
	CELL(&column_ts, 12),
	WORD(&column_ip),
	CELL(&dir, 1),
	CELL(&laddr, 18),
	JOINED(&lport),
	CELL(&raddr, 18),
	JOINED(&rport),
	CELL(&duration, SPAN_WIDTH),
	JOINED(&opened),
	WORD(&handshake),
	CELL(&rx_bytes, 7),
	CELL(&tx_bytes, 7),
	WORD(&rx_segs),
	WORD(&tx_segs),
	WORD(&rx_data_segs),
	WORD(&tx_data_segs),
	CELL(&srtt, RTT_WIDTH),
	WORD(&min_rtt),
	CELL(&retrans, 2),
	CELL(&end, 4),
	WORD(&closed_by),
	WORD(&last_state),
	WORD(&column_pid),
	CELL(&column_comm, 7),
	WORD(&column_uid),
	FIELDS_END,
};

static const struct field state_fields[] = {
	CELL(&column_ts, 12),
	WORD(&column_ip),
	CELL(&dir, 1),
	CELL(&laddr, 21),
	JOINED(&lport),
	CELL(&raddr, 20),
	JOINED(&rport),
	CELL(&old_state, 11),
	CELL(&new_state, 11),
	CELL(&duration, 10),
	WORD(&column_pid),
	CELL(&column_comm, 7),
	WORD(&column_uid),
	FIELDS_END,
};
/* clang-format on */

const struct schema schema_connection = {
	.type = "connection",
	.noun = "connection",
	.nouns = "connections",
	.fields = connection_fields,
};

const struct schema schema_state = {
	.type = "state",
	.noun = "change of state",
	.nouns = "changes of state",
	.fields = state_fields,
};
