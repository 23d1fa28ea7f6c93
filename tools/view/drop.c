// SPDX-License-Identifier: GPL-2.0
#include "view/drop.h"

#include <errno.h>
#include <linux/types.h>
#include <string.h>

#include "tcpdrop_event.h"
#include "view/columns.h"

int drop_decode(const void *raw, size_t size, uint64_t boot_ns, struct drop *d,
		uint32_t *ifindex)
{
	struct drop_event ev;
	uint16_t caplen, payload_off;
	int ret;

	if (size < sizeof(ev))
		return -EBADMSG;
	memcpy(&ev, raw, sizeof(ev));
	caplen = ev.packet.caplen;
	payload_off = ev.packet.payload_off;
	if (caplen > size - sizeof(ev) || payload_off > caplen)
		return -EBADMSG;
	/* The packet's bytes are not behind its part of the event. */
	ev.packet.caplen = ev.packet.payload_off = 0;
	*d = (struct drop){
		.has_reason = ev.has_reason,
		.reason = ev.reason,
		.location = ev.location,
		.count = 1,
	};
	ret = record_decode(&ev.packet, sizeof(ev.packet), boot_ns, &d->rec,
			    ifindex);
	if (!ret)
		record_captured(&d->rec, (const uint8_t *)raw + sizeof(ev),
				caplen, payload_off);
	return ret;
}

static const struct drop *to_drop(const struct record *rec)
{
	return (const struct drop *)(const void *)rec;
}

static bool has_function(const struct record *rec)
{
	return to_drop(rec)->function;
}

static bool has_meaning(const struct record *rec)
{
	return to_drop(rec)->meaning;
}

/* Of words, unlike other strings. */
static void text_meaning(struct view *v, const struct record *rec,
			 struct buf *b)
{
	buf_chr(b, '"');
	buf_str(b, to_drop(rec)->meaning);
	buf_chr(b, '"');
}

COLUMN_NUMBER(struct drop, count)
COLUMN_NUMBER(struct drop, offset)
COLUMN_STRING(struct drop, function)
COLUMN_STRING(struct drop, meaning)

/* clang-format off */
static const struct column drop_count = {COLUMN_KEY("count"), COLUMN_RIGHT("N"),
	.number = number_count};
static const struct column drop_function = {COLUMN_KEY("function"),
	COLUMN_LEFT("FUNCTION"), .can_cut = true, .has = has_function,
	.string = string_function};
static const struct column drop_offset = {COLUMN_KEY("offset"),
	.has = has_function, .number = number_offset};
static const struct column drop_means = {COLUMN_KEY("meaning"),
	.has = has_meaning, .string = string_meaning, .text = text_meaning};

static const struct field fields[] = {
	CELL(&column_ts, 12),
	WORD(&column_ifname),
	WORD(&column_ip),
	CELL(&column_saddr, 19),
	JOINED(&column_sport),
	CELL(&column_daddr, 17),
	JOINED(&column_dport),
	CELL(&column_flags, 5),
	WORD(&column_seq),
	WORD(&column_ack),
	WORD(&column_win),
	CELL(&column_len, 5),
	WORD(&column_wirelen),
	WORD(&column_ttl),
	WORD(&column_vlan),
	WORD(&column_mss),
	CELL(&drop_count, 4),
	CELL(&column_reason, 16),
	CELL(&drop_function, 15),
	WORD(&drop_offset),
	WORD(&drop_means),
	FIELDS_END,
};
/* clang-format on */

const struct schema schema_drop = {
	.type = "drop",
	.noun = "drop",
	.nouns = "drops",
	.fields = fields,
};
