// SPDX-License-Identifier: GPL-2.0
#include "compile/btf_raw.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The u32s of a type's fixed tail and of each of its vlen items. */
struct layout {
	bool is_known;
	bool has_ref;	    /* btf_type.type, not .size */
	uint8_t tail;	    /* u32s once */
	uint8_t item;	    /* u32s for each of vlen */
	uint8_t tail_refs;  /* so many of the tail, from its start, are ids */
	int8_t item_ref;    /* which u32 of an item is an id, or -1 */
	bool has_item_name; /* the first u32 of an item is a name */
};

static const struct layout layouts[] = {
	[BTF_KIND_INT] = {true, .tail = 1, .item_ref = -1},
	[BTF_KIND_PTR] = {true, .has_ref = true, .item_ref = -1},
	[BTF_KIND_ARRAY] = {true, .tail = 3, .tail_refs = 2, .item_ref = -1},
	[BTF_KIND_STRUCT] = {true, .item = 3, .item_ref = 1,
			     .has_item_name = true},
	[BTF_KIND_UNION] = {true, .item = 3, .item_ref = 1,
			    .has_item_name = true},
	[BTF_KIND_ENUM] = {true, .item = 2, .item_ref = -1,
			   .has_item_name = true},
	[BTF_KIND_FWD] = {true, .item_ref = -1},
	[BTF_KIND_TYPEDEF] = {true, .has_ref = true, .item_ref = -1},
	[BTF_KIND_VOLATILE] = {true, .has_ref = true, .item_ref = -1},
	[BTF_KIND_CONST] = {true, .has_ref = true, .item_ref = -1},
	[BTF_KIND_RESTRICT] = {true, .has_ref = true, .item_ref = -1},
	/* Its vlen is a linkage: nothing follows. */
	[BTF_KIND_FUNC] = {true, .has_ref = true, .item_ref = -1},
	[BTF_KIND_FUNC_PROTO] = {true, .has_ref = true, .item = 2,
				 .item_ref = 1, .has_item_name = true},
	[BTF_KIND_VAR] = {true, .has_ref = true, .tail = 1, .item_ref = -1},
	[BTF_KIND_DATASEC] = {true, .item = 3, .item_ref = 0},
	[BTF_KIND_FLOAT] = {true, .item_ref = -1},
	[BTF_KIND_DECL_TAG] = {true, .has_ref = true, .tail = 1,
			       .item_ref = -1},
	[BTF_KIND_TYPE_TAG] = {true, .has_ref = true, .item_ref = -1},
	[BTF_KIND_ENUM64] = {true, .item = 3, .item_ref = -1,
			     .has_item_name = true},
};

#define NR_LAYOUTS (sizeof(layouts) / sizeof(*layouts))

static const struct layout *layout_of(const struct btf_type *t)
{
	unsigned kind = BTF_INFO_KIND(t->info);

	return kind < NR_LAYOUTS && layouts[kind].is_known ? &layouts[kind]
							   : NULL;
}

static size_t type_size(const struct btf_type *t, const struct layout *l)
{
	size_t words = l->tail + (size_t)l->item * BTF_INFO_VLEN(t->info);

	return sizeof(*t) + words * sizeof(uint32_t);
}

size_t btf_raw_item_size(const struct btf_type *t)
{
	return layout_of(t)->item * sizeof(uint32_t);
}

/* The ids of SIZE bytes of types. */
static int index_types(struct btf_raw *btf, size_t size)
{
	size_t off = 0, len;
	uint32_t max = size / sizeof(struct btf_type) + 1;

	/* More than will be used: what is never touched costs nothing. */
	btf->offset = malloc(max * sizeof(*btf->offset));
	if (!btf->offset)
		return -ENOMEM;
	for (btf->nr = 1; off < size; off += len) {
		const struct btf_type *t = (const void *)(btf->types + off);
		const struct layout *l;

		if (size - off < sizeof(*t))
			return -EBADMSG;
		l = layout_of(t);
		if (!l)
			return -EPROTONOSUPPORT;
		len = type_size(t, l);
		if (len > size - off)
			return -EBADMSG;
		btf->offset[btf->nr++] = off;
	}
	return 0;
}

static bool fits(const struct btf_header *h, size_t size)
{
	size_t room = size - h->hdr_len;

	return h->hdr_len >= sizeof(*h) && h->hdr_len <= size &&
	       h->type_off <= room && h->type_len <= room - h->type_off &&
	       h->str_off <= room && h->str_len <= room - h->str_off &&
	       !((h->hdr_len | h->type_off) % sizeof(uint32_t));
}

int btf_raw_open(struct btf_raw *btf, const void *raw, size_t size)
{
	const struct btf_header *h = raw;
	const char *body;

	memset(btf, 0, sizeof(*btf));
	if (size < sizeof(*h) || (uintptr_t)raw % sizeof(uint32_t) ||
	    h->magic != BTF_MAGIC || !fits(h, size))
		return -EBADMSG;
	body = (const char *)raw + h->hdr_len;
	btf->types = body + h->type_off;
	btf->names = body + h->str_off;
	btf->names_size = h->str_len;
	/* With both ends NUL every offset inside is a C string. */
	if (!h->str_len || *btf->names || btf->names[h->str_len - 1])
		return -EBADMSG;
	return index_types(btf, h->type_len);
}

void btf_raw_close(struct btf_raw *btf)
{
	free(btf->offset);
	memset(btf, 0, sizeof(*btf));
}

const struct btf_type *btf_raw_type(const struct btf_raw *btf, uint32_t id)
{
	if (!id || id >= btf->nr)
		return NULL;
	return (const void *)(btf->types + btf->offset[id]);
}

const char *btf_raw_name(const struct btf_raw *btf, uint32_t off)
{
	return off < btf->names_size ? btf->names + off : "";
}

uint32_t btf_raw_record(const struct btf_raw *btf, uint32_t id)
{
	/* The bound is for types that go in circles. */
	for (int i = 0; i < 32; i++) {
		const struct btf_type *t = btf_raw_type(btf, id);

		switch (t ? BTF_INFO_KIND(t->info) : BTF_KIND_UNKN) {
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
			return id;
		case BTF_KIND_PTR:
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = t->type;
			break;
		case BTF_KIND_ARRAY:
			id = ((const struct btf_array *)(t + 1))->type;
			break;
		default:
			return 0;
		}
	}
	return 0;
}

int btf_raw_refs(const struct btf_type *t, btf_raw_visit visit, void *ctx)
{
	const struct layout *l = layout_of(t);
	struct btf_type *head = (struct btf_type *)t;
	uint32_t *p = (uint32_t *)(head + 1);
	int err = l->has_ref ? visit(ctx, t, &head->type) : 0;

	for (size_t i = 0; !err && i < l->tail_refs; i++)
		err = visit(ctx, t, p + i);
	if (l->item_ref < 0)
		return err;
	for (size_t i = 0; !err && i < BTF_INFO_VLEN(t->info); i++)
		err = visit(ctx, t, p + i * l->item + l->item_ref);
	return err;
}

int btf_raw_names(const struct btf_type *t, btf_raw_visit visit, void *ctx)
{
	const struct layout *l = layout_of(t);
	struct btf_type *head = (struct btf_type *)t;
	uint32_t *p = (uint32_t *)(head + 1);
	int err = visit(ctx, t, &head->name_off);

	if (!l->has_item_name)
		return err;
	for (size_t i = 0; !err && i < BTF_INFO_VLEN(t->info); i++)
		err = visit(ctx, t, p + i * l->item);
	return err;
}

/* Room for SIZE bytes more, or NULL. */
static char *buf_more(struct btf_raw_buf *b, size_t size)
{
	char *p = b->p;

	if (b->size + size > b->max) {
		size_t max = 2 * b->max + size + 4096;

		p = realloc(b->p, max);
		if (!p)
			return NULL;
		b->p = p;
		b->max = max;
	}
	p += b->size;
	b->size += size;
	return p;
}

struct btf_type *btf_raw_add_type(struct btf_raw_writer *w,
				  const struct btf_type *t)
{
	size_t size = type_size(t, layout_of(t));
	char *p = buf_more(&w->types, size);

	return p ? memcpy(p, t, size) : NULL;
}

void btf_raw_truncate(struct btf_raw_writer *w, const void *end)
{
	w->types.size = (const char *)end - w->types.p;
}

int btf_raw_add_name(struct btf_raw_writer *w, const char *name, uint32_t *off)
{
	size_t size = strlen(name) + 1;
	char *p;

	/* Offset 0 is "" by the format. */
	if (!w->names.size && !(p = buf_more(&w->names, 1)))
		return -ENOMEM;
	w->names.p[0] = '\0';
	*off = 0;
	if (size == 1)
		return 0;
	*off = w->names.size;
	p = buf_more(&w->names, size);
	if (!p)
		return -ENOMEM;
	memcpy(p, name, size);
	return 0;
}

int btf_raw_finish(const struct btf_raw_writer *w, void **raw, size_t *size)
{
	size_t names = w->names.size ? w->names.size : 1;
	struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(h),
		.type_len = w->types.size,
		.str_off = w->types.size,
		.str_len = names,
	};
	char *p;

	*size = sizeof(h) + w->types.size + names;
	p = calloc(1, *size);
	if (!p)
		return -ENOMEM;
	*raw = p;
	memcpy(p, &h, sizeof(h));
	if (w->types.size)
		memcpy(p + sizeof(h), w->types.p, w->types.size);
	if (w->names.size)
		memcpy(p + sizeof(h) + w->types.size, w->names.p,
		       w->names.size);
	return 0;
}

void btf_raw_writer_free(struct btf_raw_writer *w)
{
	free(w->types.p);
	free(w->names.p);
	memset(w, 0, sizeof(*w));
}
