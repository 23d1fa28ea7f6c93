/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BTF as bytes: read in place, written type by type. Pure; every offset and
 * length is checked against the end once, when it is opened.
 */
#ifndef BTF_RAW_H
#define BTF_RAW_H

#include <linux/btf.h>
#include <stddef.h>
#include <stdint.h>

struct btf_raw {
	const char *types;
	const char *names;
	uint32_t names_size;
	uint32_t *offset; /* of each type in types, by id; [0] is unused */
	uint32_t nr;	  /* ids, 0 included */
};

/*
 * RAW stays the caller's and must outlive BTF. 0, -EBADMSG, -EPROTONOSUPPORT
 * or -ENOMEM, as btf_cut().
 */
int btf_raw_open(struct btf_raw *btf, const void *raw, size_t size);

/* Null-safe for a zeroed struct. */
void btf_raw_close(struct btf_raw *btf);

/* The type ID with all that follows it, or NULL when there is none. */
const struct btf_type *btf_raw_type(const struct btf_raw *btf, uint32_t id);

/* The name at OFF, "" for none (or an offset that points nowhere). */
const char *btf_raw_name(const struct btf_raw *btf, uint32_t off);

/*
 * The struct or union at the end of ID's pointers, arrays, qualifiers and
 * typedefs, or 0.
 */
uint32_t btf_raw_record(const struct btf_raw *btf, uint32_t id);

/* Bytes of one member, enumerator or parameter of T; 0 when it has none. */
size_t btf_raw_item_size(const struct btf_type *t);

/*
 * Call VISIT for each reference to a type, or to a name, in T (which VISIT may
 * change when T is a copy). Ends with the first result that is not 0.
 */
typedef int (*btf_raw_visit)(void *ctx, const struct btf_type *t, uint32_t *at);
int btf_raw_refs(const struct btf_type *t, btf_raw_visit visit, void *ctx);
int btf_raw_names(const struct btf_type *t, btf_raw_visit visit, void *ctx);

/* What is written so far; all zero is empty. */
struct btf_raw_buf {
	char *p;
	size_t size, max;
};

struct btf_raw_writer {
	struct btf_raw_buf types, names;
};

/* A copy of T at the end, valid until the next call. NULL: no memory. */
struct btf_type *btf_raw_add_type(struct btf_raw_writer *w,
				  const struct btf_type *t);

/* Drop what the last type has from END on. */
void btf_raw_truncate(struct btf_raw_writer *w, const void *end);

/* 0 with *OFF, or -ENOMEM. */
int btf_raw_add_name(struct btf_raw_writer *w, const char *name, uint32_t *off);

/* Header, types and names in one allocation. 0 or -ENOMEM. */
int btf_raw_finish(const struct btf_raw_writer *w, void **raw, size_t *size);

void btf_raw_writer_free(struct btf_raw_writer *w);

#endif
