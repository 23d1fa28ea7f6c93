/* SPDX-License-Identifier: GPL-2.0 */
/* All functions of the kernel at once: for stacks, of many addresses each. */
#ifndef KSYM_TABLE_H
#define KSYM_TABLE_H

#include <stdint.h>

struct ksym_table;

/*
 * Read PATH (KSYMS_PATH): some 0.2 s and 10 MB. NULL with errno: ENOMEM, or
 * another when the file cannot be read or hides the addresses
 * (kernel.kptr_restrict: EPERM).
 */
struct ksym_table *ksym_table_new(const char *path);

/* Null-safe. */
void ksym_table_free(struct ksym_table *t);

/* The function that ADDR lies in, or NULL. T may be NULL. */
const char *ksym_table_find(const struct ksym_table *t, uint64_t addr);

#endif
