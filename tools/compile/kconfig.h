/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the kernel was configured, as far as its types show it. /proc/config.gz is
 * often missing, and other than it the types are the ones that programs meet.
 */
#ifndef KCONFIG_H
#define KCONFIG_H

#include <stddef.h>

#include "base/strbuf.h"
#include "compile/ident.h"

/*
 * Print "#define CONFIG_... 1" for what SIZE bytes of BTF at RAW show, and the
 * numbers that only they know: those that WORDS uses, or all for NULL. What is
 * no BTF is an error of B, as btf_raw_open() tells it.
 */
void kconfig_print(struct strbuf *b, const void *raw, size_t size,
		   const struct ident_set *words);

#endif
