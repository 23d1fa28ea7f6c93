/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of the running kernel's drop reasons: numbers change from kernel
 * to kernel, and only its BTF knows them.
 */
#ifndef DROP_REASON_H
#define DROP_REASON_H

#include <stdint.h>

#include "compile/btf_raw.h"

struct drop_reasons;

/*
 * Those of BTF's enum skb_drop_reason, without "SKB_DROP_REASON_" or "SKB_".
 * Empty when BTF is NULL or has none (before 5.17). BTF need not outlive it.
 * NULL on lack of memory. Pure.
 */
struct drop_reasons *drop_reasons_new(const struct btf_raw *btf);

/* Null-safe. */
void drop_reasons_free(struct drop_reasons *r);

/*
 * Its name; a number (hexadecimal, since the upper half names a subsystem such
 * as mac80211) for what BTF does not know, valid until the next call.
 */
const char *drop_reason_name(struct drop_reasons *r, uint32_t reason);

/*
 * Of a kernel that gives no reasons (before 5.17): the name of the only one for
 * which FUNCTION (or NULL) drops packets, NULL where it has several. Pure.
 */
const char *drop_reason_of_function(const char *function);

/* The number of NAME, or -ENOENT. */
int64_t drop_reason_find(const struct drop_reasons *r, const char *name);

#endif
