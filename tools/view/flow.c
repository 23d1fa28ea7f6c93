// SPDX-License-Identifier: GPL-2.0
#include "view/flow.h"

#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#include "base/keyed_hash.h"
#include "event.h"

/* By default uthash exits when memory is short; a flow is not worth that. */
#define HASH_NONFATAL_OOM 1
#define HASH_FUNCTION(key, len, hashv) ((hashv) = keyed_hash(key, len))
#include <uthash.h>
#include <utlist.h>

/*
 * Both directions are one flow: the lower end comes first, and a segment's
 * sender is end 0 or 1. Compared as bytes, so it has no padding.
 */
struct flow_key {
	uint8_t addr[2][16];
	uint16_t port[2];
	uint32_t ip;
};

_Static_assert(sizeof(struct flow_key) == 40, "no padding, whole words");

struct flow {
	struct flow_key key;
	struct {
		bool is_known;
		uint32_t first;
	} base[2]; /* by sender */
	struct flow *prev, *next;
	UT_hash_handle hh;
};

struct flow_table {
	struct flow *by_key;
	struct flow *by_age; /* the one unused for longest first */
	size_t nr, max;
};

struct flow_table *flow_table_new(size_t max)
{
	struct flow_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->max = max;
	return t;
}

static void flow_drop(struct flow_table *t, struct flow *f)
{
	HASH_DEL(t->by_key, f);
	DL_DELETE(t->by_age, f);
	free(f);
	t->nr--;
}

void flow_table_free(struct flow_table *t)
{
	if (!t)
		return;
	while (t->by_age)
		flow_drop(t, t->by_age);
	free(t);
}

/* Returns which end, 0 or 1, the sender of REC is. */
static int make_key(const struct record *rec, struct flow_key *key)
{
	int order = memcmp(rec->saddr, rec->daddr, sizeof(rec->saddr));
	int sender = order > 0 || (!order && rec->sport > rec->dport);

	memcpy(key->addr[sender], rec->saddr, sizeof(rec->saddr));
	memcpy(key->addr[!sender], rec->daddr, sizeof(rec->daddr));
	key->port[sender] = rec->sport;
	key->port[!sender] = rec->dport;
	key->ip = rec->ip;
	return sender;
}

/* NULL when there is no memory: the segment then shows raw numbers. */
static struct flow *flow_add(struct flow_table *t, const struct flow_key *key)
{
	struct flow *f;

	if (t->nr && t->nr >= t->max)
		flow_drop(t, t->by_age);
	f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->key = *key;
	HASH_ADD(hh, t->by_key, key, sizeof(f->key), f);
	if (!f->hh.tbl) {
		free(f);
		return NULL;
	}
	DL_APPEND(t->by_age, f);
	t->nr++;
	return f;
}

static void flow_touch(struct flow_table *t, struct flow *f)
{
	if (!f->next)
		return;
	DL_DELETE(t->by_age, f);
	DL_APPEND(t->by_age, f);
}

static void flow_learn(struct flow *f, int sender, uint32_t first)
{
	if (f->base[sender].is_known)
		return;
	f->base[sender].is_known = true;
	f->base[sender].first = first;
}

/*
 * What a first ACK acknowledges is the other end's SYN, or is as good a start
 * as any: so an incoming-only trace has relative acks too.
 */
static void flow_learn_both(struct flow *f, int sender,
			    const struct record *rec)
{
	flow_learn(f, sender, rec->seq);
	if (rec->flags & TCP_ACK)
		flow_learn(f, !sender, rec->ack - 1);
}

void flow_relate(struct flow_table *t, struct record *rec)
{
	struct flow_key key;
	struct flow *f;
	int sender = make_key(rec, &key);
	bool is_first;

	rec->rel_seq = rec->seq;
	rec->rel_ack = rec->ack;
	HASH_FIND(hh, t->by_key, &key, sizeof(key), f);
	is_first = !f || rec->flags & TCP_SYN;
	if (f)
		flow_touch(t, f);
	else
		f = flow_add(t, &key);
	if (!f)
		return;
	if (is_first)
		memset(f->base, 0, sizeof(f->base));
	flow_learn_both(f, sender, rec);
	if (is_first)
		return;
	rec->rel_seq = rec->seq - f->base[sender].first;
	if (rec->flags & TCP_ACK)
		rec->rel_ack = rec->ack - f->base[!sender].first;
}
