// SPDX-License-Identifier: GPL-2.0
#include "view/view.h"

#include "view/columns.h"
#include "view/cvalue.h"
#include "view/escape.h"

/* The longest key and value. */
#define FIELD_SIZE (64 + ESCAPE_MAX)
#define OWN_SIZE 16384

static void json_begin(struct view *v)
{
}

static void put_payload(struct out *o, const struct record *rec)
{
	char piece[256];
	struct buf b = {piece, piece + sizeof(piece)};
	uint32_t i;

	out_str(o, ",\"payload\":\"");
	for (i = 0; i < rec->payload_len; i++) {
		buf_hex(&b, rec->payload[i], 2);
		if (b.pos < b.end)
			continue;
		out_mem(o, piece, sizeof(piece));
		b.pos = piece;
	}
	out_mem(o, piece, b.pos - piece);
	out_chr(o, '"');
	if (rec->payload_len < rec->len)
		out_str(o, ",\"payload_truncated\":true");
}

/* B has room for it and more: all of the array is copied. */
static void put_prefix(struct buf *b, const struct column *c)
{
	memcpy(b->pos, c->prefix, sizeof(c->prefix));
	b->pos += c->prefix_len;
}

/* The fields of the user's own event. */
static void put_own(struct view *v, const struct record *rec)
{
	const struct cfield *f;
	char piece[OWN_SIZE];

	for (f = v->own->f; f < v->own->f + v->own->nr; f++) {
		struct buf b = {piece, piece + sizeof(piece)};

		if (f->is_padding)
			continue;
		out_str(v->out, ",\"");
		out_str(v->out, f->name);
		out_str(v->out, "\":");
		cfield_json(&b, f, rec->own, rec->own_size);
		out_mem(v->out, piece, b.pos - piece);
	}
}

static void json_record(struct view *v, const struct record *rec)
{
	const struct schema *schema = v->schema;
	const struct column *c;
	const struct field *f;
	char piece[2 * FIELD_SIZE];
	struct buf b = {piece, piece + sizeof(piece)};

	buf_str(&b, "{\"type\":\"");
	buf_str(&b, schema->type);
	buf_chr(&b, '"');
	for (f = schema->fields; (c = f->column); f++) {
		if (b.end - b.pos < FIELD_SIZE) {
			out_mem(v->out, piece, b.pos - piece);
			b.pos = piece;
		}
		if (!column_has(c, rec))
			continue;
		put_prefix(&b, c);
		column_json(c, v, rec, &b);
	}
	out_mem(v->out, piece, b.pos - piece);
	if (v->own && rec->own)
		put_own(v, rec);
	if (v->opts.want_hex && rec->payload)
		put_payload(v->out, rec);
	out_str(v->out, "}\n");
	out_commit(v->out);
}

static void put_count(struct out *o, const char *before, uint64_t count)
{
	out_str(o, before);
	out_u64(o, count);
}

static void put_hook(struct out *o, const struct summary_hook *h)
{
	char name[ESCAPE_MAX];
	struct buf b = {name, name + sizeof(name)};

	out_str(o, "{\"hook\":\"");
	out_str(o, h->name);
	out_chr(o, '"');
	if (h->ifname[0]) {
		escape_json(&b, h->ifname);
		out_str(o, ",\"ifname\":");
		out_mem(o, name, b.pos - name);
	}
	put_count(o, ",\"seen\":", h->seen);
	put_count(o, ",\"matched\":", h->matched);
	out_chr(o, '}');
}

static void json_end(struct view *v, const struct summary *s)
{
	struct out *o = v->out;
	size_t i;

	put_count(o, "{\"type\":\"summary\",\"seen\":", s->seen);
	put_count(o, ",\"filtered\":", s->filtered);
	put_count(o, ",\"matched\":", s->matched);
	put_count(o, ",\"shown\":", s->shown);
	put_count(o, ",\"lost\":{\"submit\":", s->lost_submit);
	put_count(o, ",\"ring\":", s->lost_ring);
	if (s->needs_owner)
		put_count(o, ",\"owner\":", s->lost_owner);
	put_count(o, ",\"view\":", s->lost_view);
	out_str(o, "},\"hooks\":[");
	for (i = 0; i < s->nr_hooks; i++) {
		if (i)
			out_chr(o, ',');
		put_hook(o, &s->hooks[i]);
	}
	out_str(o, "]}\n");
	out_commit(o);
}

const struct view_ops view_json = {
	.name = "json",
	.what = "an object a line",
	.begin = json_begin,
	.record = json_record,
	.end = json_end,
};
