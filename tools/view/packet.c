// SPDX-License-Identifier: GPL-2.0
/* What a packet's row says of the packet. */
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

static void text_ifname(struct view *v, const struct record *rec, struct buf *b)
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

static void text_sport(struct view *v, const struct record *rec, struct buf *b)
{
	buf_chr(b, ':');
	buf_u64(b, rec->sport);
}

static void text_dport(struct view *v, const struct record *rec, struct buf *b)
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

static void text_seq(struct view *v, const struct record *rec, struct buf *b)
{
	buf_u64(b, v->opts.want_raw_seq ? rec->seq : rec->rel_seq);
}

static void text_ack(struct view *v, const struct record *rec, struct buf *b)
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

/* clang-format off */
const struct column column_ts = {"ts", COLUMN_LEFT("TIME", 12),
	.text = text_time, .json = json_time, .colour = colour_dim};
const struct column column_hook = {"hook", COLUMN_WORD, .string = string_hook};
const struct column column_ifname = {"ifname", COLUMN_LEFT("IF", 6),
	.can_cut = true, .string = string_ifname, .text = text_ifname};
const struct column column_dir = {"dir", COLUMN_LEFT("D", 1),
	.string = string_dir, .text = text_dir};
const struct column column_ip = {"ip", COLUMN_WORD, .number = number_ip};
const struct column column_saddr = {"saddr", COLUMN_LEFT("SRC", 21),
	.text = text_saddr, .json = json_saddr};
const struct column column_sport = {"sport", COLUMN_JOINED,
	.number = number_sport, .text = text_sport};
const struct column column_daddr = {"daddr", COLUMN_LEFT("DST", 21),
	.can_break = true, .text = text_daddr, .json = json_daddr};
const struct column column_dport = {"dport", COLUMN_JOINED,
	.number = number_dport, .text = text_dport};
const struct column column_flags = {"flags", COLUMN_LEFT("FLAGS", 4),
	.text = text_flags, .json = json_flags, .colour = colour_flags};
const struct column column_seq = {"seq", COLUMN_RIGHT("SEQ", 8),
	.number = number_seq, .text = text_seq};
const struct column column_ack = {"ack", COLUMN_RIGHT("ACK", 8),
	.number = number_ack, .text = text_ack};
const struct column column_win = {"win", COLUMN_RIGHT("WIN", 5),
	.number = number_win};
const struct column column_len = {"len", COLUMN_RIGHT("LEN", 5),
	.number = number_len};
const struct column column_wirelen = {"wirelen", COLUMN_WORD,
	.number = number_wirelen};
const struct column column_ttl = {"ttl", COLUMN_WORD, .number = number_ttl};
const struct column column_vlan = {"vlan", COLUMN_WORD, .has = has_vlan,
	.number = number_vlan};
const struct column column_mss = {"mss", COLUMN_WORD, .has = has_mss,
	.number = number_mss};

/* For rows with no cell for them. */
const struct column column_ifname_word = {"ifname", COLUMN_WORD,
	.string = string_ifname};
const struct column column_seq_word = {"seq", COLUMN_WORD,
	.number = number_seq};
const struct column column_ack_word = {"ack", COLUMN_WORD,
	.number = number_ack};
const struct column column_win_word = {"win", COLUMN_WORD,
	.number = number_win};
/* clang-format on */
