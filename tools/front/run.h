/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run of a tool, from a program's text to the summary: compile, load,
 * attach, show what comes, count, and end cleanly whatever happens.
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "front/common.h"
#include "front/hook_list.h"
#include "kernel/hook.h"
#include "kernel/iface.h"
#include "kernel/place.h"
#include "kernel/session.h"
#include "view/view.h"

#define RUN_INTERFACES SESSION_INTERFACES

struct name_list {
	char name[RUN_INTERFACES][IF_NAMESIZE];
	size_t nr;
};

/* What all tools are asked on their command lines; see front.h. */
struct run_opts {
	struct hook_list hooks; /* empty: the tool's default */
	struct name_list ifnames;
	const char *netns;
	uint64_t count; /* 0: no end */
	uint64_t duration_ns;
	int output;	/* the number of one of views[] */
	int headers;	/* enum headers_choice */
	uint32_t pages; /* 0: the default */
	uint32_t wakeup;
	uint32_t compile_limit_s;
	const char *source; /* the file that the text came from, or NULL */
	bool want_hex;
	bool want_raw_seq;
	bool is_strict;
	bool no_cache;
	bool is_quiet;
	bool is_verbose;
	bool want_source;
	bool want_bytecode;
	struct front_info info;
	bool want_check;
	bool want_fields;
	bool want_explain;
	bool want_stats;
	bool want_watch;

	/* Filled in by the front and the tool, not options. */
	/* The text of --source as it is now, with what else is asked for:
	 * allocated, or NULL with a sentence in ERR. */
	char *(*read_source)(const void *front, char *err, size_t err_size);
	const void *front;
	int argc;
	char **argv;
	char prog_prefix[32]; /* the names of its programs start so */
	const char *what;     /* "incoming TCP", for the "tracing" line */
	bool want_out;	      /* outgoing packets too */
	struct place place;   /* where the programs will run */
};

/* One program of a run: where it goes, and its text. */
struct run_program {
	const struct hook_ops *hook;
	char *text;	  /* allocated */
	const char *name; /* of the text, in diagnostics */
	uint32_t prog_flags;
	/* NULL: no run without it. Else what a run is without it, for people:
	 * then a text that does not compile costs no more than that. */
	const char *without;
};

struct run;

/* What a tool makes of events; all NULL: segments, shown as packets. */
struct run_tool {
	const struct schema *schema;
	/* RAW and SIZE as events_fn gives them; ends in run_show() or
	 * run_bad(), or in neither for an event that is no row. */
	void (*take)(void *arg, struct run *run, const void *raw, size_t size);
	/* Nothing is loaded or attached yet. 0 or -errno, said. */
	int (*open)(void *arg, struct run *run);
	/* Everything is attached; nothing was taken yet. 0 or -errno. */
	int (*start)(void *arg, struct run *run);
	/* No event will come any more: show what is still to be shown. */
	void (*finish)(void *arg, struct run *run);
	/* The last word: all is counted. */
	void (*end)(void *arg, struct run *run, const struct summary *sum);
	/* Undo open() and start(), whether they were called or not. */
	void (*close)(void *arg);
	/* Some events have come that will be taken soon. */
	void (*arrived)(void *arg, struct run *run);
	/* Some events were taken: a good moment to write. */
	void (*batch_end)(void *arg, struct run *run);
	/* Which of the run's programs sent this event; NULL: the only one. */
	size_t (*part)(void *arg, const void *raw, size_t size);
	void *arg;
	/* Maps of its programs that it reads, see struct session_plan. */
	const struct map_shape *reads;
	uint64_t
		settle_ns; /* hold events back so long; 0: as short as can be */
	bool needs_owner;  /* run_unowned() may be called */
	bool has_own_output; /* nothing is to be shown on stdout */
};

/*
 * Trace NR programs until the end. NR_EXTRA (0 or 1) more behind them are
 * compiled, but belong to the tool. 0, -ENOBUFS when something was lost under
 * --strict, or another -errno when it failed, said.
 */
int run_trace(const struct run_opts *o, const struct run_tool *tool,
	      const struct run_program *programs, size_t nr, size_t nr_extra);

/* Compile and print the bytecode on stdout. 0 or -errno, said. */
int run_print_bytecode(const struct run_opts *o,
		       const struct run_program *programs, size_t nr);

/* For a tool's take(): show a row (a struct record, or what starts with one). */
void run_show(struct run *run, struct record *rec);

/*
 * Outside of take(): show a row that stands for NR events for which take() did
 * neither of these. Nothing once -c is reached.
 */
void run_show_kept(struct run *run, struct record *rec, uint64_t nr);

/*
 * The same for a row that no event is behind: the program has counted it as
 * seen, and that it matches is found here. Nothing once -c is reached.
 */
void run_show_made(struct run *run, struct record *rec);

/* Write what was shown, from a timer of a tool's own. */
void run_flush(struct run *run);

/* For a tool's take(): an event that makes no sense; counted as lost. */
void run_bad(struct run *run);

/* CLOCK_REALTIME minus CLOCK_MONOTONIC, ns. */
uint64_t run_boot_ns(const struct run *run);

/* The name and link header of an interface; never NULL. */
const struct iface *run_iface(struct run *run, uint32_t ifindex);

/*
 * For a tool's take(): where *REC, decoded from the event of a packet on the
 * interface IFINDEX, was seen. Fills in hook and ifname, and adds the link
 * header to wirelen. The interface, or NULL: there is no hook of that number.
 */
const struct iface *run_origin(struct run *run, struct record *rec,
			       uint32_t ifindex);

/*
 * For a tool's take(): a row that the program let through because only user
 * space can tell; counted as filtered out.
 */
void run_filtered(struct run *run);

/*
 * The same for one of which user space cannot tell either, as its owner is not
 * known: it matched all the rest, and counts as lost.
 */
void run_unowned(struct run *run);

/* End, with EXIT_FAILURE; what went wrong has been said. */
void run_fail(struct run *run);

/*
 * The image of the program that run_trace() was given in addition; NULL when
 * there is none, or it did not compile, which has been said. One that the run
 * can do without is compiled by the first call, while events wait.
 */
const struct image *run_extra_image(struct run *run);

/* What libbcc knows of the first program's events ("NAME#TYPE" lines), or
 * NULL. */
const char *run_event_lines(const struct run *run);

/* For open(): show these fields of rec->own too; OWN must live. */
void run_show_own(struct run *run, const struct ctype *own);

/* The descriptor of the namespace, -1 for the own one. */
int run_netns(const struct run *run);

/* For a tool's open(): maps that the programs share, see load_maps(). */
void run_share(struct run *run, const struct loaded *maps);

/* For finish() and timers of a tool's own. */
struct loop *run_loop(struct run *run);
struct session *run_session(struct run *run);

#endif
