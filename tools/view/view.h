/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records to text or JSON, both from one table of columns (columns.h). An
 * output is one struct view_ops; it appends to an out and knows no BPF.
 */
#ifndef VIEW_H
#define VIEW_H

#include <stdio.h>

#include "base/out.h"
#include "view/record.h"

struct view_opts {
	bool want_colour;  /* text: the caller decided (terminal, NO_COLOR) */
	bool want_raw_seq; /* text: raw sequence numbers */
	bool want_hex;	   /* payload too */
	bool want_all;	   /* text: every field of the JSON */
	bool is_utc;	   /* text: UTC instead of local time (tests) */
	unsigned width;	   /* text: terminal columns, 0 for no limit */
};

struct ctype;
struct field;

/* What a row is. */
struct schema {
	const char *type;	    /* "type" in JSON: "packet" */
	const char *noun, *nouns;   /* summary: "packet", "packets" */
	const struct field *fields; /* columns.h, ends with FIELDS_END */
};

/* Packets without and with a PROC cell. */
extern const struct schema schema_packet, schema_owned_packet;

/* The schemas of all tools, NULL-ended: schemas.c. */
extern const struct schema *const schemas[];

/* What is left to say at the end; equal to the JSON summary. */
struct summary {
	uint64_t seen, filtered, matched, shown;
	uint64_t lost_submit, lost_ring, lost_view;
	uint64_t lost_owner; /* matched, but for an owner that is not known */
	bool needs_owner;    /* by the filter: else lost_owner is left out */
	const struct schema *schema; /* for its noun */
	unsigned try_pages; /* a larger --pages to suggest, 0 for none */
	struct summary_hook {
		const char *name;   /* "socket" */
		const char *ifname; /* "" for all interfaces */
		uint64_t seen, matched;
	} hooks[8];
	size_t nr_hooks;
};

struct view;

/* One output: all that --output says of it. */
struct view_ops {
	const char *name;   /* as in --output */
	const char *what;   /* it is, in a few words, or NULL */
	bool is_for_people; /* not for programs: a terminal's width, colours,
			     * relative numbers, explanations */
	void (*begin)(struct view *v);
	void (*record)(struct view *v, const struct record *rec);
	void (*end)(struct view *v, const struct summary *s);
};

/* The last second in words: packets come many to a second. */
struct view_clock {
	uint64_t second;
	char text[24]; /* "" before the first packet */
};

/* To be zeroed but for ops, opts, out and schema; owns nothing. */
struct view {
	const struct view_ops *ops;
	struct view_opts opts;
	struct out *out;
	const struct schema *schema;
	struct view_clock clock;
	/* NULL, or the type of rec->own: its fields that are no padding come
	 * behind all others. */
	const struct ctype *own;
};

/* Every output that --output may name, the default first. */
#define VIEWS(VIEW) \
	VIEW(text)  \
	VIEW(json)  \
	/* the next one */

#define VIEW_DECLARE(name) extern const struct view_ops view_##name;
VIEWS(VIEW_DECLARE)

/* The same, NULL-ended. */
extern const struct view_ops *const views[];

/* The name of views[NR], NULL behind the last; WHAT, if not NULL, gets its
 * view_ops.what. */
const char *view_name(size_t nr, const char **what);

/*
 * begin: the header line (text) or nothing. record: one committed record.
 * end: the summary record (JSON) or nothing (text: it goes to stderr, see
 * summary_print()). The header and the summary are committed too, and so count
 * in out_nr_pending().
 */
static inline void view_begin(struct view *v)
{
	v->ops->begin(v);
}

static inline void view_record(struct view *v, const struct record *rec)
{
	v->ops->record(v, rec);
}

static inline void view_end(struct view *v, const struct summary *s)
{
	v->ops->end(v, s);
}

/* What was lost at all stages. */
static inline uint64_t summary_lost(const struct summary *s)
{
	return s->lost_submit + s->lost_ring + s->lost_owner + s->lost_view;
}

/*
 * The summary in words, lines without a program name in front, for stderr.
 * One line, and a second when something was lost. IN_FLIGHT: submitted but not
 * yet read (a SIGUSR1 in the middle of a run); 0 at the end.
 */
void summary_print(FILE *f, const struct summary *s, uint64_t in_flight);

#endif
