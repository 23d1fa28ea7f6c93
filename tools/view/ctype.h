/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C types as libbcc describes them, laid out as the compiler lays them out: a
 * list of fields, those of structs within structs by dotted names. Pure; the
 * descriptions may be anything.
 */
#ifndef CTYPE_H
#define CTYPE_H

#include <stdbool.h>
#include <stddef.h>

#define CTYPE_NAME 64
#define CTYPE_FIELDS 128

enum cfield_kind {
	CFIELD_UINT,
	CFIELD_INT,
	CFIELD_BOOL,
	CFIELD_CHAR, /* as an array: a string */
	CFIELD_POINTER,
	CFIELD_BYTES, /* of a type that is not known */
};

struct cfield {
	char name[CTYPE_NAME]; /* "" for a value that is no struct */
	enum cfield_kind kind;
	bool is_addr;	  /* an IPv4 or IPv6 address, by its name */
	bool is_padding;  /* not to be shown */
	size_t offset;	  /* bytes */
	size_t size;	  /* of one element, bytes */
	size_t nr;	  /* elements; 0: it is no array */
	unsigned bit;	  /* of a bit field: the first, counted from offset */
	unsigned nr_bits; /* 0: it is none */
};

struct ctype {
	struct cfield f[CTYPE_FIELDS];
	size_t nr;
	size_t size, align;
	bool is_record; /* else one field without a name */
};

/*
 * DESC as libbcc describes keys and values, JSON: "\"int\"" or
 * "[\"key_t\", [[\"pid\", \"unsigned int\"], ...], \"struct\"]". 0, or -EINVAL
 * when it makes no sense or does not come out as SIZE bytes: *T is then that
 * many bytes.
 */
int ctype_from_json(struct ctype *t, const char *desc, size_t size);

/*
 * LINES as libbcc describes events: "pid#u32\ncomm#char[16]\n". From a type on
 * whose size is not known, the rest is bytes (size 0: as many as there are).
 * NULL: all of it.
 */
void ctype_from_event(struct ctype *t, const char *lines);

/* Whether field F lies in the first SIZE bytes. */
bool cfield_is_in(const struct cfield *f, size_t size);

/* All bytes of it, elements included. */
size_t cfield_size(const struct cfield *f);

#endif
