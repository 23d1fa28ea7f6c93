/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the compile child makes of a text: programs and map definitions, as one
 * block of bytes that goes through a pipe and into the cache. It holds nothing
 * of one run: no descriptors, no CPU count, no buffer size.
 *
 * Numbers are in host order: an image never leaves its machine.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_FORMAT 5 /* raise it when the same text gives other bytes */
#define IMAGE_MAX (16u << 20) /* bytes */
#define IMAGE_NAME 64
#define IMAGE_LICENSE 128 /* as the kernel has room for, with its NUL */
#define IMAGE_MAPS 64
#define IMAGE_PROGS 64
#define IMAGE_KFUNCS 32
#define IMAGE_INSNS 1000000	/* of a program: the kernel takes no more */
#define IMAGE_TYPES (64u << 10) /* bytes of one description of types */

struct image_map {
	char name[IMAGE_NAME]; /* a C name, which no other map has */
	uint32_t type;	       /* BPF_MAP_TYPE_* */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries; /* 0 for perf event arrays: one a CPU */
	uint32_t flags;
	uint32_t pad;
};

/*
 * What libbcc knows of the types in a map, as it says it: for keys and values
 * JSON, for a perf or ring buffer's events "NAME#TYPE" lines. NULL when it is
 * not known. Not to be trusted: view/ctype.h reads it.
 */
struct image_types {
	const char *key;
	const char *value;
	const char *event;
};

/*
 * A map is referred to by a BPF_LD_IMM64 with src_reg BPF_PSEUDO_MAP_FD whose
 * imm is the map's index in the image.
 */
struct image_prog {
	const char *name; /* at most IMAGE_NAME - 1 characters; likewise */
	uint32_t btf_id;  /* of a typed tracepoint's btf_trace_NAME, else 0 */
	const struct bpf_insn *insns;
	size_t nr_insns;
	/* Records as BPF_PROG_LOAD takes them (uapi/linux/bpf.h); NULL when
	 * libbcc gave none. */
	const void *func_info;
	size_t func_info_size; /* bytes */
	uint32_t func_info_rec;
	const void *line_info;
	size_t line_info_size;
	uint32_t line_info_rec;
};

/* A function of the kernel that programs call, and its number in BTF. */
struct image_kfunc {
	uint32_t id;
	const char *name; /* its first IMAGE_NAME - 1 characters */
};

struct image {
	struct image_map maps[IMAGE_MAPS];
	struct image_types types[IMAGE_MAPS];
	size_t nr_maps;
	struct image_prog progs[IMAGE_PROGS];
	size_t nr_progs;
	struct image_kfunc kfuncs[IMAGE_KFUNCS];
	size_t nr_kfuncs;
	const char *license; /* at most IMAGE_LICENSE - 1 characters */
	const void *btf; /* the types that func_info and line_info refer to */
	size_t btf_size;
	void *bytes; /* what the pointers point into; owned */
};

/*
 * IMG as bytes: allocated, the caller's. 0, -ENOMEM, or -E2BIG beyond
 * IMAGE_MAX.
 */
int image_write(const struct image *img, void **bytes, size_t *size);

/*
 * The reverse. Every length, index and map reference is checked, and that names
 * and descriptions are fit to be printed, so that any bytes at all may be given.
 * What its programs may do is another question: see allow.h. Takes BYTES (from
 * malloc) over in any case. 0 or -EBADMSG; -ENOMEM.
 */
int image_read(void *bytes, size_t size, struct image **out);

/*
 * Whether IMG has nothing of what only resolve.h may put there. The child's
 * image must be so.
 */
bool image_is_bare(const struct image *img);

/* Null-safe. */
void image_free(struct image *img);

/* The index of the map NAME, or -ENOENT. */
int image_find_map(const struct image *img, const char *name);

#endif
