/* SPDX-License-Identifier: GPL-2.0 */
/*
 * malloc(3), calloc(3) and realloc(3) that fail when they are told to, for the
 * whole program that includes this, its libraries too: all that allocates in
 * them, such as strdup(3) or fopen(3), goes through these.
 */
#ifndef NOMEM_H
#define NOMEM_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* Who includes this defines it: whether the allocation at hand fails. */
static bool nomem_fails(void);

/*
 * malloc(3) of this size does not fail: libbpf crashes then, and gets what
 * compile/btf_tree.c has freed for it just before.
 */
#define NOMEM_NEVER 56

/* Where the real ones are: glibc's, or ASan's where the program has it. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t nr, size_t size);
void *__libc_realloc(void *p, size_t size);
__attribute__((weak)) void *__interceptor_malloc(size_t size);
__attribute__((weak)) void *__interceptor_calloc(size_t nr, size_t size);
__attribute__((weak)) void *__interceptor_realloc(void *p, size_t size);

static bool nomem_is_due(void)
{
	if (!nomem_fails())
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	if (size != NOMEM_NEVER && nomem_is_due())
		return NULL;
	return __interceptor_malloc ? __interceptor_malloc(size)
				    : __libc_malloc(size);
}

void *calloc(size_t nr, size_t size)
{
	if (nomem_is_due())
		return NULL;
	return __interceptor_calloc ? __interceptor_calloc(nr, size)
				    : __libc_calloc(nr, size);
}

/* To 0 bytes it is free(3), which never fails. */
void *realloc(void *p, size_t size)
{
	if (size && nomem_is_due())
		return NULL;
	return __interceptor_realloc ? __interceptor_realloc(p, size)
				     : __libc_realloc(p, size);
}

#endif
