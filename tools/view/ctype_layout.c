// SPDX-License-Identifier: GPL-2.0
#include "view/ctype_layout.h"

static size_t aligned(size_t n, size_t align)
{
	return align ? (n + align - 1) / align * align : n;
}

long ctype_layout_place(struct ctype_layout *l, size_t size, size_t align)
{
	size_t at;

	if (l->is_packed)
		align = 1;
	at = l->is_union ? 0 : aligned((l->bits + 7) / 8, align);
	if (at > CTYPE_SIZE_MAX || size > CTYPE_SIZE_MAX - at)
		return -1;
	l->bits = (at + size) * 8;
	if (at + size > l->size)
		l->size = at + size;
	if (align > l->align)
		l->align = align;
	return at;
}

/*
 * As gcc and clang do for the System V ABI: next to the bits before, unless it
 * would then cross a boundary of its own type.
 */
static bool bits_place(struct ctype_layout *l, struct cfield *f)
{
	size_t unit = f->size * 8, at = l->is_union ? 0 : l->bits;

	if (f->nr_bits > unit || at > CTYPE_SIZE_MAX * 8ul)
		return false;
	if (!l->is_packed && at / unit != (at + f->nr_bits - 1) / unit)
		at = aligned(at, unit);
	f->offset = at / unit * f->size;
	f->bit = at % unit;
	l->bits = at + f->nr_bits;
	if ((l->bits + 7) / 8 > l->size)
		l->size = (l->bits + 7) / 8;
	if (!l->is_packed && f->size > l->align)
		l->align = f->size;
	return f->bit + f->nr_bits <= unit;
}

bool ctype_layout_add(struct ctype_layout *l, struct cfield *f)
{
	long at;

	if (l->t->nr == CTYPE_FIELDS || (f->nr && f->nr > CTYPE_SIZE_MAX))
		return false;
	if (f->nr_bits) {
		if (!bits_place(l, f))
			return false;
	} else {
		at = ctype_layout_place(l, cfield_size(f), f->size);
		if (at < 0)
			return false;
		f->offset = at;
	}
	ctype_mark(f);
	l->t->f[l->t->nr++] = *f;
	return true;
}

void ctype_layout_end(struct ctype_layout *l)
{
	if (!l->align)
		l->align = 1;
	l->size = aligned(l->size, l->align);
	l->t->size = l->size;
	l->t->align = l->align;
}
