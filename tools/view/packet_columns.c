// SPDX-License-Identifier: GPL-2.0
/* What a packet's row says of the packet, and the two schemas of packets. */
#include "view/columns.h"

#include <linux/types.h>

#include "event.h"
#include "view/addr.h"
#include "view/clock.h"

#define NS_PER_S 1000000000u
#define NS_PER_MS 1000000u

/* With all the letters of a crafted segment a row would not fit. */
#define MAX_LETTERS 5

static void text_time(struct view *v, const struct record *rec, struct buf *b)
{
	buf_str(b, clock_second(&v->clock, rec->ts_ns, "%H:%M:%S",
				v->opts.is_utc));
	buf_chr(b, '.');
	buf_digits(b, rec->ts_ns % NS_PER_S / NS_PER_MS, 3);
}

static void json_time(struct view *v, const struct record *rec, struct buf *b)
{
	buf_chr(b, '"');
	buf_str(b,
		clock_second(&v->clock, rec->ts_ns, "%Y-%m-%dT%H:%M:%S", true));
	buf_chr(b, '.');
	buf_digits(b, rec->ts_ns % NS_PER_S, 9);
	buf_str(b, "Z\"");
}

static const char *colour_dim(const struct record *rec)
{
	return COLOUR_DIM;
}

static const char *string_hook(const struct record *rec)
{
	return rec->hook;
}

static const char *string_ifname(const struct record *rec)
{
	return rec->ifname;
}

static void cell_ifname(struct view *v, const struct record *rec, struct buf *b)
{
	column_put_clean(b, rec->ifname[0] ? rec->ifname : "-");
}

static const char *string_dir(const struct record *rec)
{
	return rec->is_out ? "out" : "in";
}

static void text_dir(struct view *v, const struct record *rec, struct buf *b)
{
	buf_chr(b, rec->is_out ? '>' : '<');
}

static void put_text_addr(struct buf *b, int ip, const uint8_t *addr)
{
	if (ip == 6)
		buf_chr(b, '[');
	addr_put(b, ip, addr);
	if (ip == 6)
		buf_chr(b, ']');
}

static void put_json_addr(struct buf *b, int ip, const uint8_t *addr)
{
	buf_chr(b, '"');
	addr_put(b, ip, addr);
	buf_chr(b, '"');
}

static void text_saddr(struct view *v, const struct record *rec, struct buf *b)
{
	put_text_addr(b, rec->ip, rec->saddr);
}

static void json_saddr(struct view *v, const struct record *rec, struct buf *b)
{
	put_json_addr(b, rec->ip, rec->saddr);
}

static void text_daddr(struct view *v, const struct record *rec, struct buf *b)
{
	put_text_addr(b, rec->ip, rec->daddr);
}

static void json_daddr(struct view *v, const struct record *rec, struct buf *b)
{
	put_json_addr(b, rec->ip, rec->daddr);
}

static void cell_sport(struct view *v, const struct record *rec, struct buf *b)
{
	buf_chr(b, ':');
	buf_u64(b, rec->sport);
}

static void cell_dport(struct view *v, const struct record *rec, struct buf *b)
{
	buf_chr(b, ':');
	buf_u64(b, rec->dport);
}

static void text_flags(struct view *v, const struct record *rec, struct buf *b)
{
	unsigned flags = rec->flags;

	if (__builtin_popcount(flags) > MAX_LETTERS) {
		buf_str(b, "0x");
		buf_hex(b, flags, 3);
		return;
	}
	if (!flags)
		buf_chr(b, '-');
	for (; flags; flags &= flags - 1)
		buf_chr(b, flag_names[__builtin_ctz(flags)].letter);
}

static void json_flags(struct view *v, const struct record *rec, struct buf *b)
{
	const struct flag_name *f;
	char before = '[';

	for (f = flag_names; f->bit; f++) {
		if (!(rec->flags & f->bit))
			continue;
		buf_chr(b, before);
		buf_chr(b, '"');
		buf_str(b, f->name);
		buf_chr(b, '"');
		before = ',';
	}
	buf_str(b, rec->flags ? "]" : "[]");
}

static const char *colour_flags(const struct record *rec)
{
	static const struct {
		uint16_t bit;
		const char *colour;
	} colours[] = {
		{TCP_RST, COLOUR_RED},
		{TCP_SYN, COLOUR_GREEN},
		{TCP_FIN, COLOUR_YELLOW},
	};
	size_t i;

	for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		if (rec->flags & colours[i].bit)
			return colours[i].colour;
	return NULL;
}

static void cell_seq(struct view *v, const struct record *rec, struct buf *b)
{
	buf_u64(b, v->opts.want_raw_seq ? rec->seq : rec->rel_seq);
}

static void cell_ack(struct view *v, const struct record *rec, struct buf *b)
{
	if (!(rec->flags & TCP_ACK))
		buf_chr(b, '-');
	else
		buf_u64(b, v->opts.want_raw_seq ? rec->ack : rec->rel_ack);
}

static bool has_vlan(const struct record *rec)
{
	return rec->has_vlan;
}

static bool has_reason(const struct record *rec)
{
	return rec->reason;
}

static bool has_mss(const struct record *rec)
{
	return rec->has_mss;
}

COLUMN_NUMBER(struct record, ip)
COLUMN_NUMBER(struct record, sport)
COLUMN_NUMBER(struct record, dport)
COLUMN_NUMBER(struct record, seq)
COLUMN_NUMBER(struct record, ack)
COLUMN_NUMBER(struct record, win)
COLUMN_NUMBER(struct record, len)
COLUMN_NUMBER(struct record, wirelen)
COLUMN_NUMBER(struct record, ttl)
COLUMN_NUMBER(struct record, vlan)
COLUMN_NUMBER(struct record, mss)
COLUMN_STRING(struct record, reason)

/* clang-format off */
const struct column column_ts = {COLUMN_KEY("ts"), COLUMN_LEFT("TIME"),
	.text = text_time, .json = json_time, .colour = colour_dim};
static const struct column column_hook = {COLUMN_KEY("hook"), .string = string_hook};
const struct column column_ifname = {COLUMN_KEY("ifname"), COLUMN_LEFT("IF"),
	.can_cut = true, .string = string_ifname, .cell = cell_ifname};
static const struct column column_dir = {COLUMN_KEY("dir"), COLUMN_LEFT("D"),
	.string = string_dir, .text = text_dir};
const struct column column_ip = {COLUMN_KEY("ip"), .number = number_ip};
const struct column column_saddr = {COLUMN_KEY("saddr"), COLUMN_LEFT("SRC"),
	.text = text_saddr, .json = json_saddr};
const struct column column_sport = {COLUMN_KEY("sport"), .number = number_sport,
	.cell = cell_sport};
const struct column column_daddr = {COLUMN_KEY("daddr"), COLUMN_LEFT("DST"),
	.can_break = true, .text = text_daddr, .json = json_daddr};
const struct column column_dport = {COLUMN_KEY("dport"), .number = number_dport,
	.cell = cell_dport};
const struct column column_flags = {COLUMN_KEY("flags"), COLUMN_LEFT("FLAGS"),
	.text = text_flags, .json = json_flags, .colour = colour_flags};
const struct column column_seq = {COLUMN_KEY("seq"), COLUMN_RIGHT("SEQ"),
	.number = number_seq, .cell = cell_seq};
const struct column column_ack = {COLUMN_KEY("ack"), COLUMN_RIGHT("ACK"),
	.number = number_ack, .cell = cell_ack};
const struct column column_win = {COLUMN_KEY("win"), COLUMN_RIGHT("WIN"),
	.number = number_win};
const struct column column_len = {COLUMN_KEY("len"), COLUMN_RIGHT("LEN"),
	.number = number_len};
const struct column column_wirelen = {COLUMN_KEY("wirelen"),
	.number = number_wirelen};
const struct column column_ttl = {COLUMN_KEY("ttl"), .number = number_ttl};
const struct column column_vlan = {COLUMN_KEY("vlan"), .has = has_vlan,
	.number = number_vlan};
const struct column column_mss = {COLUMN_KEY("mss"), .has = has_mss,
	.number = number_mss};
const struct column column_reason = {COLUMN_KEY("reason"),
	COLUMN_LEFT("REASON"), .has = has_reason, .string = string_reason};
/* clang-format on */

/* The order of the JSON keys. COMM is the PROC cell, for which others are
 * narrower, or a word. */
/* clang-format off */
#define PACKET_FIELDS(ifname_width, saddr_width, daddr_width, flags_width, comm) { \
	CELL(&column_ts, 12), WORD(&column_hook),                     \
	CELL(&column_ifname, ifname_width), CELL(&column_dir, 1),     \
	WORD(&column_ip), CELL(&column_saddr, saddr_width),           \
	JOINED(&column_sport), CELL(&column_daddr, daddr_width),      \
	JOINED(&column_dport), CELL(&column_flags, flags_width),      \
	CELL(&column_seq, 8), CELL(&column_ack, 8),                   \
	CELL(&column_win, 5), CELL(&column_len, 5),                   \
	WORD(&column_wirelen), WORD(&column_ttl), WORD(&column_pid),  \
	comm, WORD(&column_uid), WORD(&column_netns),                 \
	WORD(&column_vlan), WORD(&column_mss), WORD(&column_cgroup),  \
	WORD(&column_owner), FIELDS_END                               \
}
/* clang-format on */

static const struct field packet_fields[] =
	PACKET_FIELDS(6, 21, 21, 4, WORD(&column_comm));
static const struct field owned_fields[] =
	PACKET_FIELDS(5, 19, 17, 3, CELL(&column_comm, 7));

const struct schema schema_packet = {
	.type = "packet",
	.noun = "packet",
	.nouns = "packets",
	.fields = packet_fields,
};

const struct schema schema_owned_packet = {
	.type = "packet",
	.noun = "packet",
	.nouns = "packets",
	.fields = owned_fields,
};
