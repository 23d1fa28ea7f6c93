/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a program at a tracepoint is called with: struct tracepoint__CAT__EVENT,
 * made from the kernel's description of the event. libbcc would make it, but
 * locked in as it is, it cannot read tracefs.
 */
#ifndef TRACE_STRUCT_H
#define TRACE_STRUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

#define TRACE_NAME 64

struct trace_event {
	char category[TRACE_NAME];
	char name[TRACE_NAME];
};

/*
 * The tracepoints that TEXT names, as TRACEPOINT_PROBE(CAT, EVENT) or by their
 * struct, each once and at most MAX. How many there are. Pure.
 */
size_t trace_events_find(const char *text, struct trace_event *events,
			 size_t max);

/* "tracepoint__CAT__EVENT", as functions and structs are called. */
bool trace_event_parse(const char *s, size_t len, struct trace_event *e);

/*
 * The struct for FORMAT, the text of events/CAT/EVENT/format, on one line
 * without its end. False, and nothing written, when it is none. Pure.
 */
bool trace_struct_write(struct strbuf *b, const struct trace_event *e,
			const char *format);

#endif
