// SPDX-License-Identifier: GPL-2.0
#include "view/flow.h"

#include <linux/types.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/keyed_hash.h"
#include "event.h"

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

/* Flows are known by their number in the table, from 1 on; 0 is none. */
struct flow {
	struct flow_key key;
	uint32_t hash; /* of that */
	uint32_t older, newer;
	uint32_t first[2]; /* by sender */
	bool is_known[2];
};

/* With many flows the time goes into waiting for memory. */
_Static_assert(sizeof(struct flow) == 64, "a cache line each");

/*
 * Where a flow is, by its hash: there, or in the slots behind, without a gap.
 * At least half of them are empty, so that next to always one look is enough.
 */
struct slot {
	uint32_t hash;
	uint32_t nr; /* 0: empty */
};

struct flow_table {
	/* flows[0] is the ring's head: newer than it is the oldest. Memory that
	 * no flow was in yet is not touched, and so costs nothing. */
	struct flow *flows;
	struct slot *slots;
	uint32_t mask; /* of a slot's number */
	uint32_t nr, max;
};

static size_t flows_size(uint32_t max)
{
	return ((size_t)max + 1) * sizeof(struct flow);
}

/* In pages of its own, and small ones: a huge one is not free for few flows. */
static struct flow *flows_alloc(uint32_t max)
{
	void *p = mmap(NULL, flows_size(max), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, flows_size(max), MADV_NOHUGEPAGE);
	return p;
}

struct flow_table *flow_table_new(uint32_t max)
{
	struct flow_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->max = max;
	while (t->mask + 1ull < 2ull * max)
		t->mask = t->mask << 1 | 1;
	t->slots = calloc((size_t)t->mask + 1, sizeof(*t->slots));
	t->flows = flows_alloc(max);
	if (!t->slots || !t->flows) {
		flow_table_free(t);
		return NULL;
	}
	return t;
}

void flow_table_free(struct flow_table *t)
{
	if (!t)
		return;
	free(t->slots);
	if (t->flows)
		munmap(t->flows, flows_size(t->max));
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

static void ring_remove(struct flow_table *t, const struct flow *f)
{
	t->flows[f->older].newer = f->newer;
	t->flows[f->newer].older = f->older;
}

/* As the newest. */
static void ring_add(struct flow_table *t, struct flow *f)
{
	struct flow *head = &t->flows[0];
	uint32_t nr = f - head;

	f->newer = 0;
	f->older = head->older;
	t->flows[head->older].newer = nr;
	head->older = nr;
}

/* The slot that has flow NR of this HASH, or of NR 0 where one is to go. */
static uint32_t slot_of(const struct flow_table *t, uint32_t hash, uint32_t nr)
{
	uint32_t i = hash & t->mask;

	while (t->slots[i].nr != nr)
		i = (i + 1) & t->mask;
	return i;
}

/* What is behind slot I and would not be found any more moves up. */
static void slot_free(struct flow_table *t, uint32_t i)
{
	struct slot *s = t->slots;
	uint32_t j = i, mask = t->mask;

	for (;;) {
		j = (j + 1) & mask;
		if (!s[j].nr)
			break;
		if (((j - s[j].hash) & mask) < ((j - i) & mask))
			continue;
		s[i] = s[j];
		i = j;
	}
	s[i].nr = 0;
}

/* Forget the one unused for longest; its place is free then. */
static struct flow *flow_drop(struct flow_table *t)
{
	struct flow *f = &t->flows[t->flows[0].newer];

	ring_remove(t, f);
	slot_free(t, slot_of(t, f->hash, f - t->flows));
	/* The next to go: its slot can come to the cache meanwhile. */
	__builtin_prefetch(
		&t->slots[t->flows[t->flows[0].newer].hash & t->mask]);
	return f;
}

static struct flow *flow_add(struct flow_table *t, const struct flow_key *key,
			     uint32_t hash)
{
	struct flow *f = t->nr < t->max ? &t->flows[++t->nr] : flow_drop(t);

	*f = (struct flow){.key = *key, .hash = hash};
	t->slots[slot_of(t, hash, 0)] = (struct slot){hash, f - t->flows};
	ring_add(t, f);
	return f;
}

/* NULL when it is not known; else it is the newest now. */
static struct flow *flow_find(struct flow_table *t, const struct flow_key *key,
			      uint32_t hash)
{
	const struct slot *s;
	struct flow *f;
	uint32_t i;

	for (i = hash & t->mask;; i = (i + 1) & t->mask) {
		s = &t->slots[i];
		f = &t->flows[s->nr];
		if (!s->nr)
			return NULL;
		if (s->hash == hash && !memcmp(&f->key, key, sizeof(*key)))
			break;
	}
	if (f->newer) {
		ring_remove(t, f);
		ring_add(t, f);
	}
	return f;
}

static void flow_learn(struct flow *f, int sender, uint32_t first)
{
	if (f->is_known[sender])
		return;
	f->is_known[sender] = true;
	f->first[sender] = first;
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
	uint32_t hash = keyed_hash(&key, sizeof(key));
	bool is_first;

	rec->rel_seq = rec->seq;
	rec->rel_ack = rec->ack;
	f = flow_find(t, &key, hash);
	is_first = !f || rec->flags & TCP_SYN;
	if (!f)
		f = flow_add(t, &key, hash);
	if (is_first)
		memset(f->is_known, 0, sizeof(f->is_known));
	flow_learn_both(f, sender, rec);
	if (is_first)
		return;
	rec->rel_seq = rec->seq - f->first[sender];
	if (rec->flags & TCP_ACK)
		rec->rel_ack = rec->ack - f->first[!sender];
}
