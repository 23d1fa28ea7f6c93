/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Relative sequence numbers, the way tcpdump(8) prints them: the first
 * segment seen of a connection shows its numbers as they are, each later one
 * relative to the first of its direction. A SYN always shows raw numbers and
 * starts the flow anew.
 */
#ifndef FLOW_H
#define FLOW_H

#include "view/record.h"

struct flow_table;

/*
 * Room for MAX flows, one at least; then the one unused for longest goes. Each
 * that is or was there takes 64 bytes, and each place 16 to 32 from the start.
 * NULL on lack of memory.
 */
struct flow_table *flow_table_new(uint32_t max);

/* Null-safe. */
void flow_table_free(struct flow_table *t);

/* Fill rec->rel_seq and rel_ack. */
void flow_relate(struct flow_table *t, struct record *rec);

#endif
