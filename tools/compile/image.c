// SPDX-License-Identifier: GPL-2.0
#include "compile/image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "compile/image_sound.h"

/*
 * A header, then sections: tag, owner (the index of a program or map), record size,
 * length, then that many bytes, padded to 8.
 */
#define IMAGE_MAGIC 0x314d4954 /* "TIM1" */

struct head {
	uint32_t magic;
	uint32_t version;
	uint64_t size; /* of everything */
	uint64_t hash; /* of everything behind the header */
};

enum tag {
	TAG_LICENSE = 1,
	TAG_MAP,
	TAG_PROG_NAME,
	TAG_PROG_INSNS,
	TAG_FUNC_INFO,
	TAG_LINE_INFO,
	TAG_BTF,
	TAG_KEY,
	TAG_VALUE,
	TAG_EVENT,
	TAG_KFUNC,
};

struct section {
	uint32_t tag;
	uint32_t owner;
	uint32_t rec;
	uint32_t len;
};

static size_t padded(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

static uint64_t body_hash(const void *bytes, size_t size)
{
	struct hash h;

	hash_init(&h);
	hash_add(&h, (const char *)bytes + sizeof(struct head),
		 size - sizeof(struct head));
	return hash_u64(&h);
}

static void section_write(struct strbuf *b, enum tag tag, size_t owner,
			  uint32_t rec, const void *p, size_t len)
{
	static const char zero[8];
	struct section s = {.tag = tag, .owner = owner, .rec = rec, .len = len};

	if (!p)
		return;
	strbuf_mem(b, &s, sizeof(s));
	strbuf_mem(b, p, len);
	strbuf_mem(b, zero, padded(len) - len);
}

static void text_write(struct strbuf *b, enum tag tag, size_t owner,
		       const char *text)
{
	section_write(b, tag, owner, 0, text, text ? strlen(text) + 1 : 0);
}

static void map_write(struct strbuf *b, size_t i, const struct image *img)
{
	const struct image_types *t = &img->types[i];

	section_write(b, TAG_MAP, i, 0, &img->maps[i], sizeof(img->maps[i]));
	text_write(b, TAG_KEY, i, t->key);
	text_write(b, TAG_VALUE, i, t->value);
	text_write(b, TAG_EVENT, i, t->event);
}

static void prog_write(struct strbuf *b, size_t i, const struct image_prog *p)
{
	/* A typed tracepoint in the record's place: a name has none. */
	section_write(b, TAG_PROG_NAME, i, p->btf_id, p->name,
		      p->name ? strlen(p->name) + 1 : 0);
	section_write(b, TAG_PROG_INSNS, i, sizeof(*p->insns), p->insns,
		      p->nr_insns * sizeof(*p->insns));
	section_write(b, TAG_FUNC_INFO, i, p->func_info_rec, p->func_info,
		      p->func_info_size);
	section_write(b, TAG_LINE_INFO, i, p->line_info_rec, p->line_info,
		      p->line_info_size);
}

int image_write(const struct image *img, void **bytes, size_t *size)
{
	struct head head = {.magic = IMAGE_MAGIC, .version = IMAGE_FORMAT};
	struct strbuf b = {.max = IMAGE_MAX};
	size_t i;

	strbuf_mem(&b, &head, sizeof(head));
	text_write(&b, TAG_LICENSE, 0, img->license);
	for (i = 0; i < img->nr_maps; i++)
		map_write(&b, i, img);
	for (i = 0; i < img->nr_progs; i++)
		prog_write(&b, i, &img->progs[i]);
	for (i = 0; i < img->nr_kfuncs; i++)
		section_write(&b, TAG_KFUNC, i, img->kfuncs[i].id,
			      img->kfuncs[i].name,
			      strlen(img->kfuncs[i].name) + 1);
	section_write(&b, TAG_BTF, 0, 0, img->btf, img->btf_size);
	*bytes = strbuf_take(&b, size);
	if (!*bytes)
		return b.err;
	head.size = *size;
	head.hash = body_hash(*bytes, *size);
	memcpy(*bytes, &head, sizeof(head));
	return 0;
}

static bool is_text(const char *p, size_t len, size_t max)
{
	return len > 1 && len <= max && !p[len - 1] && strlen(p) == len - 1;
}

static bool map_read(struct image *img, const struct section *s, const char *p)
{
	struct image_map *m = &img->maps[img->nr_maps];

	if (s->len != sizeof(*m) || img->nr_maps == IMAGE_MAPS)
		return false;
	memcpy(m, p, sizeof(*m));
	img->nr_maps++;
	return memchr(m->name, 0, sizeof(m->name)) && m->name[0];
}

/* A map's types follow it, each at most once. */
static bool types_read(struct image *img, const struct section *s,
		       const char *p)
{
	struct image_types *t = &img->types[s->owner];
	const char **text = s->tag == TAG_KEY	  ? &t->key
			    : s->tag == TAG_VALUE ? &t->value
						  : &t->event;

	if (s->owner >= img->nr_maps || *text || !s->len ||
	    s->len > IMAGE_TYPES || strnlen(p, s->len) != s->len - 1)
		return false;
	*text = p;
	return true;
}

static bool info_read(const struct section *s, const char *p, const void **info,
		      size_t *size, uint32_t *rec)
{
	if (*info || !s->rec || s->len % s->rec || s->rec % 4)
		return false;
	*info = p;
	*size = s->len;
	*rec = s->rec;
	return true;
}

/* A program's sections follow its name. */
static bool prog_read(struct image *img, const struct section *s, const char *p)
{
	struct image_prog *prog = &img->progs[s->owner];

	if (s->tag == TAG_PROG_NAME) {
		if (s->owner != img->nr_progs ||
		    !is_text(p, s->len, IMAGE_NAME))
			return false;
		prog->name = p;
		prog->btf_id = s->rec;
		img->nr_progs++;
		return true;
	}
	if (s->owner >= img->nr_progs)
		return false;
	switch (s->tag) {
	case TAG_PROG_INSNS:
		if (prog->insns || !s->len || s->len % sizeof(struct bpf_insn))
			return false;
		prog->insns = (const struct bpf_insn *)p;
		prog->nr_insns = s->len / sizeof(struct bpf_insn);
		return true;
	case TAG_FUNC_INFO:
		return info_read(s, p, &prog->func_info, &prog->func_info_size,
				 &prog->func_info_rec);
	default:
		return info_read(s, p, &prog->line_info, &prog->line_info_size,
				 &prog->line_info_rec);
	}
}

/* Its number stands in the record's place. */
static bool kfunc_read(struct image *img, const struct section *s,
		       const char *p)
{
	if (s->owner != img->nr_kfuncs || s->owner == IMAGE_KFUNCS ||
	    !is_text(p, s->len, IMAGE_NAME))
		return false;
	img->kfuncs[img->nr_kfuncs++] = (struct image_kfunc){s->rec, p};
	return true;
}

static bool section_read(struct image *img, const struct section *s,
			 const char *p)
{
	if (s->owner >= IMAGE_PROGS || s->owner >= IMAGE_MAPS)
		return false;
	switch (s->tag) {
	case TAG_LICENSE:
		if (img->license)
			return false;
		img->license = p;
		return is_text(p, s->len, IMAGE_LICENSE);
	case TAG_MAP:
		return map_read(img, s, p);
	case TAG_KEY:
	case TAG_VALUE:
	case TAG_EVENT:
		return types_read(img, s, p);
	case TAG_KFUNC:
		return kfunc_read(img, s, p);
	case TAG_BTF:
		if (img->btf)
			return false;
		img->btf = p;
		img->btf_size = s->len;
		return true;
	case TAG_PROG_NAME:
	case TAG_PROG_INSNS:
	case TAG_FUNC_INFO:
	case TAG_LINE_INFO:
		return prog_read(img, s, p);
	default:
		return false;
	}
}

static bool sections_read(struct image *img, const char *p, size_t size)
{
	struct section s;

	while (size) {
		if (size < sizeof(s))
			return false;
		memcpy(&s, p, sizeof(s));
		p += sizeof(s);
		size -= sizeof(s);
		if (s.len > size || padded(s.len) > size ||
		    !section_read(img, &s, p))
			return false;
		p += padded(s.len);
		size -= padded(s.len);
	}
	return image_is_sound(img);
}

static bool head_is_sound(const void *bytes, size_t size)
{
	struct head head;

	if (size < sizeof(head) || size > IMAGE_MAX)
		return false;
	memcpy(&head, bytes, sizeof(head));
	return head.magic == IMAGE_MAGIC && head.version == IMAGE_FORMAT &&
	       head.size == size && head.hash == body_hash(bytes, size);
}

int image_read(void *bytes, size_t size, struct image **out)
{
	struct image *img = calloc(1, sizeof(*img));

	if (!img) {
		free(bytes);
		return -ENOMEM;
	}
	img->bytes = bytes;
	if (!head_is_sound(bytes, size) ||
	    !sections_read(img, (char *)bytes + sizeof(struct head),
			   size - sizeof(struct head))) {
		image_free(img);
		return -EBADMSG;
	}
	*out = img;
	return 0;
}

void image_free(struct image *img)
{
	if (!img)
		return;
	free(img->bytes);
	free(img);
}

bool image_is_bare(const struct image *img)
{
	size_t i;

	for (i = 0; i < img->nr_progs; i++)
		if (img->progs[i].btf_id)
			return false;
	return !img->nr_kfuncs;
}

int image_find_map(const struct image *img, const char *name)
{
	size_t i;

	for (i = 0; i < img->nr_maps; i++)
		if (!strcmp(img->maps[i].name, name))
			return i;
	return -ENOENT;
}
