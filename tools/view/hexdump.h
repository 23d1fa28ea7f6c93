/* SPDX-License-Identifier: GPL-2.0 */
/* A payload under its text row, in the form of tcpdump(8)'s -X. */
#ifndef HEXDUMP_H
#define HEXDUMP_H

#include "base/out.h"
#include "view/record.h"

/* Lines of 16 bytes, and one more that counts what was not captured. */
void hexdump_payload(struct out *o, const struct record *rec);

#endif
