/* SPDX-License-Identifier: GPL-2.0 */
/* What this machine can and cannot do for us, by trying. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>

#include "kernel/hook.h"

/*
 * One line a feature: "yes" or "no", what it is for, and why not; the last one
 * says whether TOOL can run. 0 when it can, at the hook NEEDED, which is its
 * default; else -EIO. Without the last line -ENOMEM: memory was short, and so
 * what was tried may well work.
 */
int check_print(FILE *f, const char *tool, const struct hook_ops *needed);

#endif
