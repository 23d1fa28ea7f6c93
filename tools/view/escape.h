/* SPDX-License-Identifier: GPL-2.0 */
/* Strings from outside, in JSON (RFC 8259, section 7) and as plain UTF-8. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include "view/buf.h"

/* The most bytes escape_json() writes. */
#define ESCAPE_MAX (ESCAPE_LEN * 6 + 2)
#define ESCAPE_LEN 4096

/*
 * S in quotes, its first ESCAPE_LEN bytes at most (as long as a path can be):
 * control characters, C1 too, as \u00XX, each byte that is not valid UTF-8 as
 * \ufffd.
 */
void escape_json(struct buf *b, const char *s);

/*
 * As many bytes of S, as valid UTF-8 without control characters: a '?' stands
 * for each of these and for each byte that is not valid. No character is cut.
 */
void escape_clean(struct buf *b, const char *s);

#endif
