/* SPDX-License-Identifier: GPL-2.0 */
/* From an address in the kernel's text to the function it lies in. */
#ifndef KSYMS_H
#define KSYMS_H

#include <stdint.h>

struct ksyms;

struct ksym {
	uint64_t start;
	char name[64]; /* cut to fit */
};

#define KSYMS_PATH "/proc/kallsyms"

/* No function is longer: what lies farther from its start is somewhere else. */
#define KSYM_MAX (1u << 20)

/*
 * The name, ended, in a LINE of that file that is of a function, or NULL:
 * "ffffffff81000000 T _text", "... t name\t[module]".
 */
char *ksym_parse(char *line, uint64_t *start);

/*
 * PATH is read at the first question about each address and not before, and
 * only what was found is kept. NULL on lack of memory.
 */
struct ksyms *ksyms_new(const char *path);

/* Null-safe. */
void ksyms_free(struct ksyms *k);

/*
 * The function at ADDR; valid until ksyms_free(). NULL when it is not known:
 * kernel.kptr_restrict hides the addresses, ADDR is in no function, or memory
 * is short. The first question about an address takes some 0.1 s.
 */
const struct ksym *ksyms_find(struct ksyms *k, uint64_t addr);

#endif
