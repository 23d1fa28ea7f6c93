/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events of several CPUs in the order of their time stamps. Each CPU's own
 * come in order, mostly; what must be merged are the CPUs. Pure.
 */
#ifndef ORDER_H
#define ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order;

/* SIZE bytes at RAW, valid during the call; not aligned when memory lacks. */
typedef void (*order_fn)(void *arg, const void *raw, size_t size);

/* NR queues, one a CPU. NULL on lack of memory. */
struct order *order_new(size_t nr, order_fn fn, void *arg);

/* Null-safe. */
void order_free(struct order *o);

/*
 * Copy an event into QUEUE. Its first 8 bytes are its time stamp (host order);
 * shorter ones go as if they had the stamp of their predecessor. When memory
 * lacks everything is delivered at once; when more than ORDER_BYTES wait, the
 * oldest quarter is.
 */
void order_push(struct order *o, size_t queue, const void *raw, size_t size);

/*
 * Deliver, in order, events with a stamp of at most TS, until there is none or
 * LEAVE bytes (with some for each event's own account) wait. True in the second
 * case.
 */
bool order_flush(struct order *o, uint64_t ts, size_t leave);

/* Bytes that wait. */
size_t order_nr_bytes(const struct order *o);

#define ORDER_BYTES (8u << 20)
#define ORDER_ALL UINT64_MAX

#endif
