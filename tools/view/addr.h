/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ADDR_H
#define ADDR_H

#include <stdint.h>

#include "view/buf.h"

/* The longest address, "0000:...:255.255.255.255". */
#define ADDR_MAX 45

/*
 * ADDR (network order, IP 4 or 6) as inet_ntop(3) writes it, RFC 5952, but
 * five times as fast.
 */
void addr_put(struct buf *b, int ip, const uint8_t *addr);

#endif
