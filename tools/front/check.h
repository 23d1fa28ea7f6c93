/* SPDX-License-Identifier: GPL-2.0 */
/* What this machine can and cannot do for us, by trying. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>

/*
 * One line a feature: "yes" or "no", what it is for, and why not. True when
 * the main job (the socket hook) can be done.
 */
bool check_print(FILE *f);

#endif
