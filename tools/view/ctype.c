// SPDX-License-Identifier: GPL-2.0
#include "view/ctype.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/ctype_layout.h"

/* What libbcc and BCC's texts call numbers; LP64. */
static const struct scalar {
	const char *name;
	enum cfield_kind kind;
	unsigned char size;
} scalars[] = {
	{"char", CFIELD_CHAR, 1},
	{"signed char", CFIELD_INT, 1},
	{"s8", CFIELD_INT, 1},
	{"__s8", CFIELD_INT, 1},
	{"int8_t", CFIELD_INT, 1},
	{"unsigned char", CFIELD_UINT, 1},
	{"u8", CFIELD_UINT, 1},
	{"__u8", CFIELD_UINT, 1},
	{"uint8_t", CFIELD_UINT, 1},
	{"_Bool", CFIELD_BOOL, 1},
	{"bool", CFIELD_BOOL, 1},
	{"short", CFIELD_INT, 2},
	{"s16", CFIELD_INT, 2},
	{"__s16", CFIELD_INT, 2},
	{"int16_t", CFIELD_INT, 2},
	{"unsigned short", CFIELD_UINT, 2},
	{"u16", CFIELD_UINT, 2},
	{"__u16", CFIELD_UINT, 2},
	{"uint16_t", CFIELD_UINT, 2},
	{"__be16", CFIELD_UINT, 2},
	{"__le16", CFIELD_UINT, 2},
	{"umode_t", CFIELD_UINT, 2},
	{"sa_family_t", CFIELD_UINT, 2},
	{"int", CFIELD_INT, 4},
	{"s32", CFIELD_INT, 4},
	{"__s32", CFIELD_INT, 4},
	{"int32_t", CFIELD_INT, 4},
	{"pid_t", CFIELD_INT, 4},
	{"unsigned int", CFIELD_UINT, 4},
	{"unsigned", CFIELD_UINT, 4},
	{"u32", CFIELD_UINT, 4},
	{"__u32", CFIELD_UINT, 4},
	{"uint32_t", CFIELD_UINT, 4},
	{"__be32", CFIELD_UINT, 4},
	{"__le32", CFIELD_UINT, 4},
	{"uint", CFIELD_UINT, 4},
	{"uid_t", CFIELD_UINT, 4},
	{"gid_t", CFIELD_UINT, 4},
	{"dev_t", CFIELD_UINT, 4},
	{"gfp_t", CFIELD_UINT, 4},
	{"long", CFIELD_INT, 8},
	{"long long", CFIELD_INT, 8},
	{"s64", CFIELD_INT, 8},
	{"__s64", CFIELD_INT, 8},
	{"int64_t", CFIELD_INT, 8},
	{"ssize_t", CFIELD_INT, 8},
	{"loff_t", CFIELD_INT, 8},
	{"ktime_t", CFIELD_INT, 8},
	{"unsigned long", CFIELD_UINT, 8},
	{"unsigned long long", CFIELD_UINT, 8},
	{"u64", CFIELD_UINT, 8},
	{"__u64", CFIELD_UINT, 8},
	{"uint64_t", CFIELD_UINT, 8},
	{"__be64", CFIELD_UINT, 8},
	{"size_t", CFIELD_UINT, 8},
	{"sector_t", CFIELD_UINT, 8},
	{"uintptr_t", CFIELD_UINT, 8},
	{"__int128", CFIELD_INT, 16},
	{"unsigned __int128", CFIELD_UINT, 16},
	{"__uint128_t", CFIELD_UINT, 16},
};

bool ctype_scalar(struct cfield *f, const char *type, size_t len)
{
	size_t i;

	while (len > 6 && !strncmp(type, "const ", 6)) {
		type += 6;
		len -= 6;
	}
	if (len && type[len - 1] == '*') {
		f->kind = CFIELD_POINTER;
		f->size = sizeof(uint64_t);
		return true;
	}
	if (len > 5 && !strncmp(type, "enum ", 5)) {
		f->kind = CFIELD_UINT;
		f->size = sizeof(uint32_t);
		return true;
	}
	for (i = 0; i < sizeof(scalars) / sizeof(*scalars); i++)
		if (strlen(scalars[i].name) == len &&
		    !strncmp(scalars[i].name, type, len)) {
			f->kind = scalars[i].kind;
			f->size = scalars[i].size;
			return true;
		}
	return false;
}

size_t cfield_size(const struct cfield *f)
{
	return f->size * (f->nr ?: 1);
}

bool cfield_is_in(const struct cfield *f, size_t size)
{
	return f->offset <= size && cfield_size(f) <= size - f->offset;
}

/* "saddr", "remote_addr[4]"; IPv4 is 4 bytes, IPv6 is 16, however made up. */
void ctype_mark(struct cfield *f)
{
	size_t len = strlen(f->name), size = cfield_size(f);

	f->is_padding = strstr(f->name, "__pad_") != NULL;
	f->is_addr = len >= 4 && !strcmp(f->name + len - 4, "addr") &&
		     (size == 4 || size == 16) && f->kind != CFIELD_POINTER &&
		     !f->nr_bits;
}

/* "char[16]" to "char" and 16, "u32[2][3]" to "u32" and 6. */
static bool array_split(const char *type, size_t *len, size_t *nr)
{
	const char *p = memchr(type, '[', *len), *end = type + *len;
	unsigned long n = 1;
	char *close;

	*nr = 0;
	if (!p)
		return true;
	*len = p - type;
	for (; p < end && *p == '['; p = close + 1) {
		n *= strtoul(p + 1, &close, 10);
		if (*close != ']' || !n || n > CTYPE_SIZE_MAX)
			return false;
	}
	*nr = n;
	return p == end;
}

/* "NAME#TYPE". False when that is no type of a known size. */
static bool event_field(struct ctype_layout *l, const char *line, size_t len)
{
	const char *type = memchr(line, '#', len);
	struct cfield f = {};
	size_t type_len;

	if (!type)
		return false;
	snprintf(f.name, sizeof(f.name), "%.*s", (int)(type - line), line);
	type_len = line + len - ++type;
	return array_split(type, &type_len, &f.nr) &&
	       ctype_scalar(&f, type, type_len) && ctype_layout_add(l, &f);
}

void ctype_from_event(struct ctype *t, const char *lines)
{
	struct ctype_layout l = {.t = t};
	struct cfield *rest;
	size_t len;

	*t = (struct ctype){.align = 1, .is_record = true};
	for (; lines && *lines; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		if (!event_field(&l, lines, len))
			break;
	}
	ctype_layout_end(&l);
	if (lines && !*lines)
		return;
	if (t->nr == CTYPE_FIELDS)
		t->nr--;
	rest = &t->f[t->nr++];
	*rest = (struct cfield){.name = "rest",
				.kind = CFIELD_BYTES,
				.offset = t->nr > 1 ? l.bits / 8 : 0};
	if (!lines)
		rest->name[0] = 0, t->is_record = false;
}
