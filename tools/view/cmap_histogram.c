// SPDX-License-Identifier: GPL-2.0
#include "view/cmap_histogram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "view/cvalue.h"
#include "view/escape.h"
#include "view/histogram.h"

#define LINE (64u << 10)

/* A histogram of those that M may hold: the entries with the same bucket. */
struct bucket {
	const struct cmap *m;
	struct ctype key; /* without the slot */
	const struct cfield *slot;
	const char *first; /* key of its first entry */
	bool is_only;	   /* the key is the slot */
	uint64_t counts[HISTOGRAM_LINEAR];
};

/* The slot is the field of that name, else the last one. */
static const struct cfield *slot_find(const struct ctype *key)
{
	const struct cfield *last = &key->f[0];
	size_t i;

	for (i = 0; i < key->nr; i++) {
		if (!strcmp(key->f[i].name, "slot"))
			return &key->f[i];
		if (!key->f[i].is_padding)
			last = &key->f[i];
	}
	return last;
}

static void bucket_init(struct bucket *b, const struct cmap *m)
{
	size_t i;

	b->m = m;
	b->slot = slot_find(m->key);
	b->key = *m->key;
	b->key.nr = 0;
	for (i = 0; i < m->key->nr; i++)
		if (&m->key->f[i] != b->slot && !m->key->f[i].is_padding)
			b->key.f[b->key.nr++] = m->key->f[i];
	b->is_only = !b->key.nr;
}

static bool is_same(const struct bucket *b, const char *key)
{
	size_t i;

	for (i = 0; i < b->key.nr; i++) {
		const struct cfield *f = &b->key.f[i];

		if (memcmp(b->first + f->offset, key + f->offset,
			   cfield_size(f)))
			return false;
	}
	return true;
}

/* Count the entry; what is in no slot that is shown goes into the last. */
static void entry_add(struct bucket *b, size_t i)
{
	const struct cmap *m = b->m;
	size_t max = m->scale == CMAP_LOG2 ? HISTOGRAM_LOG2 : HISTOGRAM_LINEAR;
	__int128 slot = cfield_number(b->slot, m->keys + i * m->key_size,
				      m->key_size, 0);

	if (slot < 0)
		return;
	b->counts[slot < (__int128)max ? (size_t)slot : max - 1] +=
		cfield_number(&m->value->f[0], m->values + i * m->value_size,
			      m->value_size, 0);
}

typedef void (*bucket_fn)(const struct bucket *b, const struct histogram *h,
			  struct out *o);

/* Call FN for each bucket, in the order of its first key. */
static int buckets_walk(const struct cmap *m, bucket_fn fn, struct out *o)
{
	struct bucket *b = calloc(1, sizeof(*b));
	size_t *order = cmap_order(m), i, j;
	bool *is_done = calloc(m->nr ?: 1, 1);
	struct histogram h = {.is_log2 = m->scale == CMAP_LOG2,
			      .what = "value"};

	for (i = 0; b && order && is_done && i < m->nr; i++) {
		if (is_done[order[i]])
			continue;
		memset(b, 0, sizeof(*b));
		bucket_init(b, m);
		b->first = m->keys + order[i] * m->key_size;
		for (j = i; j < m->nr; j++) {
			size_t at = order[j];

			if (is_done[at] ||
			    !is_same(b, m->keys + at * m->key_size))
				continue;
			is_done[at] = true;
			entry_add(b, at);
		}
		h.counts = b->counts;
		h.nr = h.is_log2 ? HISTOGRAM_LOG2 : HISTOGRAM_LINEAR;
		fn(b, &h, o);
	}
	i = b && order && is_done;
	free(b);
	free(order);
	free(is_done);
	return i ? 0 : -ENOMEM;
}

static void bucket_text(const struct bucket *b, const struct histogram *h,
			struct out *o)
{
	struct cvalue key = {&b->key, b->first, b->m->key_size};
	char text[1024];
	struct buf buf = {text, text + sizeof(text)};

	if (!b->is_only) {
		cvalue_text(&buf, &key);
		out_printf(o, "  %.*s\n", (int)(buf.pos - text), text);
	}
	histogram_draw(h, o);
}

int cmap_histogram_text(const struct cmap *m, struct out *o)
{
	out_printf(o, "%s:%s\n", m->name, m->nr ? "" : " empty");
	return buckets_walk(m, bucket_text, o);
}

static void put_slots(struct buf *b, const struct histogram *h)
{
	const char *comma = "";
	uint64_t low, high;
	size_t i;

	for (i = 0; i < h->nr; i++) {
		if (!h->counts[i])
			continue;
		histogram_range(h, i, &low, &high);
		buf_str(b, comma);
		comma = ",";
		buf_str(b, "{\"low\":");
		buf_u64(b, low);
		buf_str(b, ",\"high\":");
		buf_u64(b, high);
		buf_str(b, ",\"count\":");
		buf_u64(b, h->counts[i]);
		buf_chr(b, '}');
	}
}

static void bucket_json(const struct bucket *bucket, const struct histogram *h,
			struct out *o)
{
	struct cvalue key = {&bucket->key, bucket->first, bucket->m->key_size};
	char line[LINE];
	struct buf b = {line, line + LINE};

	buf_str(&b, "{\"type\":\"histogram\",\"map\":");
	escape_json(&b, bucket->m->name);
	if (!bucket->is_only) {
		buf_str(&b, ",\"key\":");
		cvalue_json(&b, &key);
	}
	buf_str(&b,
		h->is_log2 ? ",\"scale\":\"log2\"" : ",\"scale\":\"linear\"");
	buf_str(&b, ",\"slots\":[");
	put_slots(&b, h);
	buf_str(&b, "]}\n");
	out_mem(o, line, b.pos - line);
	out_commit(o);
}

int cmap_histogram_json(const struct cmap *m, struct out *o)
{
	return buckets_walk(m, bucket_json, o);
}
