// SPDX-License-Identifier: GPL-2.0
#include "view/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/keyed_table.h"

/* Compared as bytes, so it has no padding. */
struct fold_key {
	uint64_t location;
	uint32_t saddr[4], daddr[4];
	uint16_t sport, dport;
	uint32_t reason;
	uint32_t ifindex;
	uint32_t ip;
};

_Static_assert(sizeof(struct fold_key) == 56, "no padding, whole words");

struct known {
	struct fold_key key;
	struct drop_event last;
	uint64_t count; /* not told yet */
	UT_hash_handle hh;
};

struct fold {
	struct known *known;
	size_t max;
	fold_fn fn;
	void *arg;
};

struct fold *fold_new(size_t max, fold_fn fn, void *arg)
{
	struct fold *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	*f = (struct fold){.max = max, .fn = fn, .arg = arg};
	return f;
}

static void forget(struct fold *f, struct known *k)
{
	HASH_DEL(f->known, k);
	free(k);
}

void fold_free(struct fold *f)
{
	struct known *k, *next;

	if (!f)
		return;
	HASH_ITER (hh, f->known, k, next)
		forget(f, k);
	free(f);
}

static struct fold_key key_of(const struct drop_event *ev)
{
	const struct tcp_event *p = &ev->packet;
	struct fold_key key = {
		.location = ev->location,
		.saddr = {p->saddr_be},
		.daddr = {p->daddr_be},
		.sport = p->sport,
		.dport = p->dport,
		.reason = ev->reason,
		.ifindex = p->ifindex,
		.ip = p->ip,
	};

	memcpy(key.saddr + 1, p->saddr6, sizeof(p->saddr6));
	memcpy(key.daddr + 1, p->daddr6, sizeof(p->daddr6));
	return key;
}

static void know(struct fold *f, const struct fold_key *key)
{
	struct known *k = calloc(1, sizeof(*k));

	if (!k)
		return;
	k->key = *key;
	HASH_ADD(hh, f->known, key, sizeof(k->key), k);
	/* uthash tells of a failure by leaving it out. */
	if (!k->hh.tbl)
		free(k);
}

bool fold_take(struct fold *f, const struct drop_event *ev)
{
	struct fold_key key = key_of(ev);
	struct known *k;

	HASH_FIND(hh, f->known, &key, sizeof(key), k);
	if (k) {
		k->last = *ev;
		k->last.packet.caplen = k->last.packet.payload_off = 0;
		k->count++;
		return true;
	}
	if (HASH_COUNT(f->known) < f->max)
		know(f, &key);
	return false;
}

void fold_flush(struct fold *f)
{
	struct known *k, *next;

	HASH_ITER (hh, f->known, k, next) {
		if (!k->count) {
			forget(f, k);
			continue;
		}
		f->fn(f->arg, &k->last, k->count);
		k->count = 0;
	}
}
