// SPDX-License-Identifier: GPL-2.0
/* What a row says of the process behind it. */
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
COLUMN_STRING(struct record, cgroup)

static const char *string_owner(const struct record *rec)
{
	return "listener";
}

static void cell_comm(struct view *v, const struct record *rec, struct buf *b)
{
	if (rec->owner_is_listener)
		buf_chr(b, '(');
	column_put_clean(b, rec->comm);
	if (rec->owner_is_listener)
		buf_chr(b, ')');
}

/* clang-format off */
const struct column column_pid = {COLUMN_KEY("pid"), .has = has_owner,
	.number = number_pid};
const struct column column_comm = {COLUMN_KEY("comm"), COLUMN_LEFT("PROC"),
	.can_cut = true, .has = has_comm, .string = string_comm,
	.cell = cell_comm};
const struct column column_uid = {COLUMN_KEY("uid"), .has = has_owner,
	.number = number_uid};
const struct column column_netns = {COLUMN_KEY("netns"), .has = has_netns,
	.number = number_netns};
const struct column column_cgroup = {COLUMN_KEY("cgroup"), .has = has_cgroup,
	.string = string_cgroup};
const struct column column_owner = {COLUMN_KEY("owner"), .has = is_listeners,
	.string = string_owner};
/* clang-format on */
