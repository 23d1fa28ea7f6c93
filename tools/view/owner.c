// SPDX-License-Identifier: GPL-2.0
/* What a row says of the process behind it, and the packet's two schemas. */
#include "view/columns.h"

static bool has_owner(const struct record *rec)
{
	return rec->has_owner;
}

static bool has_comm(const struct record *rec)
{
	return rec->has_owner && rec->comm;
}

static bool has_netns(const struct record *rec)
{
	return rec->has_netns;
}

static bool has_reason(const struct record *rec)
{
	return rec->reason;
}

static bool has_cgroup(const struct record *rec)
{
	return rec->cgroup;
}

static bool is_listeners(const struct record *rec)
{
	return rec->has_owner && rec->owner_is_listener;
}

COLUMN_NUMBER(struct record, pid)
COLUMN_NUMBER(struct record, uid)
COLUMN_NUMBER(struct record, netns)
COLUMN_STRING(struct record, comm)
COLUMN_STRING(struct record, reason)
COLUMN_STRING(struct record, cgroup)

static const char *string_owner(const struct record *rec)
{
	return "listener";
}

static void text_comm(struct view *v, const struct record *rec, struct buf *b)
{
	if (rec->owner_is_listener)
		buf_chr(b, '(');
	column_put_clean(b, rec->comm);
	if (rec->owner_is_listener)
		buf_chr(b, ')');
}

/* clang-format off */
const struct column column_pid = {"pid", COLUMN_WORD, .has = has_owner,
	.number = number_pid};
const struct column column_comm = {"comm", COLUMN_LEFT("PROC", 7),
	.can_cut = true, .has = has_comm, .string = string_comm,
	.text = text_comm};
static const struct column column_comm_word = {"comm", COLUMN_WORD,
	.has = has_comm, .string = string_comm};
const struct column column_uid = {"uid", COLUMN_WORD, .has = has_owner,
	.number = number_uid};
const struct column column_netns = {"netns", COLUMN_WORD, .has = has_netns,
	.number = number_netns};
const struct column column_reason = {"reason", COLUMN_WORD, .has = has_reason,
	.string = string_reason};
const struct column column_cgroup = {"cgroup", COLUMN_WORD, .has = has_cgroup,
	.string = string_cgroup};
const struct column column_owner = {"owner", COLUMN_WORD, .has = is_listeners,
	.string = string_owner};
/* clang-format on */

/* The order of the JSON keys; COMM is the PROC cell or a word. */
/* clang-format off */
#define PACKET_COLUMNS(comm) {                                             \
	&column_ts, &column_hook, &column_ifname, &column_dir, &column_ip, \
	&column_saddr, &column_sport, &column_daddr, &column_dport,        \
	&column_flags, &column_seq, &column_ack, &column_win, &column_len, \
	&column_wirelen, &column_ttl, &column_pid, comm, &column_uid,      \
	&column_netns, &column_vlan, &column_mss, &column_reason,          \
	&column_cgroup, &column_owner, NULL                                \
}
/* clang-format on */

static const struct column *const packet_columns[] =
	PACKET_COLUMNS(&column_comm_word);
static const struct column *const owned_columns[] =
	PACKET_COLUMNS(&column_comm);
static const unsigned char owned_widths[] = {12, 5, 1, 19, 17, 3,
					     8,	 8, 5, 5,  7};

const struct schema schema_packet = {
	.type = "packet",
	.noun = "packet",
	.nouns = "packets",
	.columns = packet_columns,
};

const struct schema schema_owned_packet = {
	.type = "packet",
	.noun = "packet",
	.nouns = "packets",
	.columns = owned_columns,
	.widths = owned_widths,
};
