// SPDX-License-Identifier: GPL-2.0
#include "view/cvalue.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "view/escape.h"

#define STRING_MAX 1024 /* bytes of a string or of bytes that are shown */

/* The SIZE bytes at P as a number, in this machine's order. */
static unsigned __int128 bytes_number(const char *p, size_t size)
{
	unsigned __int128 v = 0;

	memcpy(&v, p, size);
	return v;
}

__int128 cfield_number(const struct cfield *f, const void *raw, size_t size,
		       size_t i)
{
	const char *p = (const char *)raw + f->offset + i * f->size;
	unsigned bits = f->nr_bits ?: f->size * 8, gone;
	unsigned __int128 v;

	if (!cfield_is_in(f, size) || i >= (f->nr ?: 1) ||
	    f->size > sizeof(v) || !bits || bits > 128)
		return 0;
	v = bytes_number(p, f->size) >> f->bit;
	gone = 128 - bits;
	/* Down again with the sign, or without. */
	if (f->kind == CFIELD_INT || f->kind == CFIELD_CHAR)
		return (__int128)(v << gone) >> gone;
	return v << gone >> gone;
}

static void put_u128(struct buf *b, unsigned __int128 v)
{
	const uint64_t step = 1000000000;

	if (v <= UINT64_MAX) {
		buf_u64(b, v);
		return;
	}
	put_u128(b, v / step);
	buf_digits(b, v % step, 9);
}

static void put_number(struct buf *b, const struct cfield *f, __int128 v)
{
	bool is_signed = f->kind == CFIELD_INT || f->kind == CFIELD_CHAR;

	if (f->kind == CFIELD_POINTER) {
		char hex[20];

		snprintf(hex, sizeof(hex), "0x%llx", (unsigned long long)v);
		buf_str(b, hex);
		return;
	}
	if (is_signed && v < 0) {
		buf_chr(b, '-');
		put_u128(b, -(unsigned __int128)v);
		return;
	}
	put_u128(b, v);
}

/* "aa:bb:cc" */
static void put_bytes(struct buf *b, const unsigned char *p, size_t size)
{
	size_t i, nr = size < STRING_MAX / 3 ? size : STRING_MAX / 3;

	for (i = 0; i < nr; i++) {
		if (i)
			buf_chr(b, ':');
		buf_hex(b, p[i], 2);
	}
	if (nr < size)
		buf_str(b, "...");
}

static void put_address(struct buf *b, const char *p, size_t size)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(size == 4 ? AF_INET : AF_INET6, p, text, sizeof(text)))
		buf_str(b, text);
}

static void put_numbers(struct buf *b, const struct cfield *f, const void *raw,
			size_t size)
{
	size_t i, nr = f->nr ?: 1;

	for (i = 0; i < nr; i++) {
		if (i)
			buf_chr(b, ',');
		put_number(b, f, cfield_number(f, raw, size, i));
	}
}

static bool is_string(const struct cfield *f)
{
	return f->kind == CFIELD_CHAR && f->nr;
}

static bool is_bytes(const struct cfield *f)
{
	return f->kind == CFIELD_BYTES ||
	       (f->kind == CFIELD_UINT && f->size == 1 && f->nr);
}

/* The characters of a string up to its NUL, ended. */
static void string_get(const struct cfield *f, const char *p,
		       char text[STRING_MAX + 1])
{
	size_t len = strnlen(p, f->nr < STRING_MAX ? f->nr : STRING_MAX);

	memcpy(text, p, len);
	text[len] = 0;
}

/* What is of no fixed size goes to the end of RAW. */
static size_t bytes_size(const struct cfield *f, size_t size)
{
	return cfield_size(f) ?: size - f->offset;
}

void cfield_text(struct buf *b, const struct cfield *f, const void *raw,
		 size_t size)
{
	const char *p = (const char *)raw + f->offset;
	char text[STRING_MAX + 1];

	if (!cfield_is_in(f, size)) {
		buf_chr(b, '-');
	} else if (f->is_addr) {
		put_address(b, p, cfield_size(f));
	} else if (is_string(f)) {
		string_get(f, p, text);
		escape_clean(b, text);
	} else if (is_bytes(f)) {
		put_bytes(b, (const unsigned char *)p, bytes_size(f, size));
	} else {
		put_numbers(b, f, raw, size);
	}
}

/* A JSON number keeps 53 bits at least; what never fits is a string. */
static bool is_plain(const struct cfield *f)
{
	return !f->is_addr && f->size <= sizeof(uint64_t) &&
	       f->kind != CFIELD_POINTER && !is_bytes(f);
}

static void json_elements(struct buf *b, const struct cfield *f,
			  const void *raw, size_t size)
{
	const char *quote = is_plain(f) ? "" : "\"";
	size_t i, nr = f->nr ?: 1;

	if (f->nr)
		buf_chr(b, '[');
	for (i = 0; i < nr; i++) {
		__int128 v = cfield_number(f, raw, size, i);

		if (i)
			buf_chr(b, ',');
		buf_str(b, quote);
		if (f->kind == CFIELD_BOOL)
			buf_str(b, v ? "true" : "false");
		else
			put_number(b, f, v);
		buf_str(b, quote);
	}
	if (f->nr)
		buf_chr(b, ']');
}

void cfield_json(struct buf *b, const struct cfield *f, const void *raw,
		 size_t size)
{
	char text[STRING_MAX + 1];

	if (!cfield_is_in(f, size)) {
		buf_str(b, "null");
	} else if (is_string(f)) {
		string_get(f, (const char *)raw + f->offset, text);
		escape_json(b, text);
	} else if (f->is_addr || is_bytes(f)) {
		buf_chr(b, '"');
		cfield_text(b, f, raw, size);
		buf_chr(b, '"');
	} else {
		json_elements(b, f, raw, size);
	}
}

void cvalue_json(struct buf *b, const struct cvalue *v)
{
	const struct ctype *t = v->type;
	const char *comma = "";
	size_t i;

	if (!t->is_record) {
		cfield_json(b, &t->f[0], v->raw, v->size);
		return;
	}
	buf_chr(b, '{');
	for (i = 0; i < t->nr; i++) {
		if (t->f[i].is_padding)
			continue;
		buf_str(b, comma);
		comma = ",";
		escape_json(b, t->f[i].name);
		buf_chr(b, ':');
		cfield_json(b, &t->f[i], v->raw, v->size);
	}
	buf_chr(b, '}');
}

void cvalue_text(struct buf *b, const struct cvalue *v)
{
	const struct ctype *t = v->type;
	const char *blank = "";
	size_t i;

	for (i = 0; i < t->nr; i++) {
		if (t->f[i].is_padding)
			continue;
		buf_str(b, blank);
		blank = " ";
		if (t->is_record) {
			escape_clean(b, t->f[i].name);
			buf_chr(b, '=');
		}
		cfield_text(b, &t->f[i], v->raw, v->size);
	}
}
