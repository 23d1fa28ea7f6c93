/* SPDX-License-Identifier: GPL-2.0 */
/* Text from outside, made fit for one line of a terminal. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Overwrite with '?' every byte of S that a terminal would obey: the ASCII
 * control characters but for those in KEEP, and C1 controls in UTF-8
 * (U+0080 to U+009F, which hold a one-character CSI).
 */
void text_clean(char *s, const char *keep);

/* Whether text_clean() would leave S as it is. */
bool text_is_clean(const char *s, const char *keep);

/*
 * S as far as SIZE bytes at BUF (at least 4) hold it: of what is longer, the
 * end behind "...", which of a path tells most. BUF.
 */
const char *text_tail(char *buf, size_t size, const char *s);

#endif
