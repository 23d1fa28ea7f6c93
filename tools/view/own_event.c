// SPDX-License-Identifier: GPL-2.0
#include "view/own_event.h"

#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "view/cvalue.h"

#define OWN_FIELD_MAX 1024 /* bytes; a larger one does not show */

#define FIELD(name_, is_needed_)                                             \
	{                                                                    \
		.name = #name_, .offset = offsetof(struct tcp_event, name_), \
		.size = sizeof(((struct tcp_event *)0)->name_),              \
		.is_needed = is_needed_,                                     \
	}

static const struct {
	const char *name;
	size_t offset, size;
	bool is_needed;
} fields[] = {
	FIELD(ts_ns, true),    FIELD(ifindex, false),	  FIELD(seq, false),
	FIELD(ack, false),     FIELD(len, false),	  FIELD(wirelen, false),
	FIELD(sport, true),    FIELD(dport, true),	  FIELD(win, false),
	FIELD(flags, false),   FIELD(vlan, false),	  FIELD(mss, false),
	FIELD(caplen, false),  FIELD(payload_off, false), FIELD(ip, true),
	FIELD(ttl, false),     FIELD(hook, false),	  FIELD(dir, false),
	FIELD(saddr_be, true), FIELD(daddr_be, true),	  FIELD(saddr6, true),
	FIELD(daddr6, true),
};

#define NR_FIELDS (sizeof(fields) / sizeof(*fields))

_Static_assert(NR_FIELDS <= OWN_KNOWN, "room for each");

static struct cfield *find(struct ctype *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->nr; i++)
		if (!strcmp(t->f[i].name, name))
			return &t->f[i];
	return NULL;
}

static bool is_number(const struct cfield *f)
{
	return !f->nr && f->kind != CFIELD_BYTES;
}

/* A number may be of another width; what is none must be of the same. */
static bool know(struct own_event *e, struct cfield *f, size_t i)
{
	if (cfield_size(f) != fields[i].size && !is_number(f))
		return false;
	e->known[e->nr_known++] = (struct own_known){
		.from = f - e->type.f,
		.to = fields[i].offset,
		.size = fields[i].size,
	};
	f->is_padding = true;
	return true;
}

static bool is_plain(const struct own_event *e)
{
	size_t i;

	for (i = 0; i < e->nr_known; i++)
		if (e->type.f[e->known[i].from].offset != e->known[i].to ||
		    cfield_size(&e->type.f[e->known[i].from]) !=
			    e->known[i].size)
			return false;
	return e->nr_known == NR_FIELDS && !e->nr_own;
}

int own_event_init(struct own_event *e, const char *lines, char *err,
		   size_t err_size)
{
	struct cfield *f;
	size_t i;

	memset(e, 0, sizeof(*e));
	if (!lines)
		return -ENOENT;
	ctype_from_event(&e->type, lines);
	for (i = 0; i < NR_FIELDS; i++) {
		f = find(&e->type, fields[i].name);
		if ((f && !know(e, f, i)) || (!f && fields[i].is_needed)) {
			snprintf(err, err_size,
				 "an event must have the field '%s', as "
				 "--print-source has it",
				 fields[i].name);
			return -EINVAL;
		}
	}
	for (i = 0; i < e->type.nr; i++) {
		e->type.f[i].is_padding |=
			cfield_size(&e->type.f[i]) > OWN_FIELD_MAX;
		e->nr_own += !e->type.f[i].is_padding;
	}
	e->ts_offset = find(&e->type, "ts_ns")->offset;
	e->v4_size = find(&e->type, "saddr6")->offset;
	if (e->ts_offset) {
		snprintf(err, err_size,
			 "an event must start with the field 'ts_ns'");
		return -EINVAL;
	}
	return is_plain(e) ? -ENOENT : 0;
}

static void copy_known(const struct own_event *e, const void *raw, size_t size,
		       struct tcp_event *to)
{
	size_t i;

	for (i = 0; i < e->nr_known; i++) {
		const struct own_known *k = &e->known[i];
		const struct cfield *f = &e->type.f[k->from];
		uint64_t value;

		if (!cfield_is_in(f, size))
			continue;
		if (!is_number(f)) {
			memcpy((char *)to + k->to,
			       (const char *)raw + f->offset, k->size);
			continue;
		}
		value = cfield_number(f, raw, size, 0);
		memcpy((char *)to + k->to, &value, k->size);
	}
}

int own_event_decode(const struct own_event *e, const void *raw, size_t size,
		     uint64_t boot_ns, struct record *rec, uint32_t *ifindex)
{
	struct tcp_event ev = {.vlan = VLAN_NONE};
	uint16_t caplen, payload_off;
	size_t event_size = e->v4_size;
	int ret;

	if (size < event_size)
		return -EBADMSG;
	copy_known(e, raw, event_size, &ev);
	if (ev.ip == 6) {
		event_size = e->type.size;
		if (size < event_size)
			return -EBADMSG;
		copy_known(e, raw, event_size, &ev);
	}
	caplen = ev.caplen;
	payload_off = ev.payload_off;
	if (caplen > size - event_size || payload_off > caplen)
		return -EBADMSG;
	/* The packet's bytes are not behind this copy. */
	ev.caplen = ev.payload_off = 0;
	ret = record_decode(&ev, sizeof(ev), boot_ns, rec, ifindex);
	if (ret)
		return ret;
	record_captured(rec, (const uint8_t *)raw + event_size, caplen,
			payload_off);
	rec->own = raw;
	rec->own_size = event_size;
	return 0;
}
