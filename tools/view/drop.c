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

static bool has_reason(const struct record *rec)
{
	return rec->reason;
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

COLUMN_STRING(struct record, reason)
COLUMN_NUMBER(struct drop, count)
COLUMN_NUMBER(struct drop, offset)
COLUMN_STRING(struct drop, function)
COLUMN_STRING(struct drop, meaning)

/* clang-format off */
static const struct column drop_count = {"count", COLUMN_RIGHT("N", 4),
	.number = number_count};
static const struct column drop_reason = {"reason", COLUMN_LEFT("REASON", 16),
	.has = has_reason, .string = string_reason};
static const struct column drop_function = {"function",
	COLUMN_LEFT("FUNCTION", 16), .can_cut = true, .has = has_function,
	.string = string_function};
static const struct column drop_offset = {"offset", COLUMN_WORD,
	.has = has_function, .number = number_offset};
static const struct column drop_means = {"meaning", COLUMN_WORD,
	.has = has_meaning, .string = string_meaning, .text = text_meaning};
/* clang-format on */

static const struct column *const columns[] = {
	&column_ts,	  &column_ifname_word,
	&column_ip,	  &column_saddr,
	&column_sport,	  &column_daddr,
	&column_dport,	  &column_flags,
	&column_seq_word, &column_ack_word,
	&column_win_word, &column_len,
	&column_wirelen,  &column_ttl,
	&column_vlan,	  &column_mss,
	&drop_count,	  &drop_reason,
	&drop_function,	  &drop_offset,
	&drop_means,	  NULL,
};

/* TIME SRC DST FLAGS LEN N REASON FUNCTION */
static const unsigned char widths[] = {12, 19, 17, 5, 5, 4, 16, 15};

const struct schema schema_drop = {
	.type = "drop",
	.noun = "drop",
	.nouns = "drops",
	.columns = columns,
	.widths = widths,
};
