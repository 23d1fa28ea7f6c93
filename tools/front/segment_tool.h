/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam for tools whose rows come of packets: options, checks, the text of
 * the program, and what is done with each packet. tcpsnoop-c adds its table of
 * options and nothing else; a tool that reads payload says how many bytes it
 * wants, and takes each packet itself.
 */
#ifndef SEGMENT_TOOL_H
#define SEGMENT_TOOL_H

#include "compile/filter.h"
#include "compile/pcap.h"
#include "front/capture.h"
#include "front/run.h"

/* Whose packets, and what is known of them. */
struct segment_opts {
	uint32_t max_flows;  /* whose sequence numbers are known */
	uint32_t max_owners; /* as owners_opts.max */
	bool no_owner;
	uint32_t pid;	    /* 0: any */
	const char *comm;   /* NULL: any */
	const char *cgroup; /* path in the cgroup2 tree, NULL: any */
};

#define SEGMENT_DEFAULTS .max_flows = 65536

/* The first members are parts of the tool's options. */
struct segment_tool {
	struct filter *filter;
	struct pcap_filter *pcap;
	struct segment_opts *segment;
	struct capture_opts *capture;
	struct run_opts *common;
	/* Bytes of each packet, from its first header on, that come with it
	 * whatever -x and -w say. */
	uint32_t want_bytes;
	/*
	 * Takes each packet that passed all filters, with its bytes
	 * (record.payload), its owner and its interface, instead of
	 * run_show(): it ends in run_show(), run_bad() or run_filtered(), or in
	 * none of them for a packet that is no row. REC and its bytes are valid
	 * during the call. NULL: the packet is the row.
	 */
	void (*take)(void *arg, struct run *run, struct record *rec);
	void *arg;
};

/* Rows for a table that has an O() and options with a struct segment_opts
 * named "segment". */
#define SEGMENT_OWNER_OPTS                                                   \
	O(segment.pid, 'P', "pid", "PID", opt_u32, .min = 1, .max = 4194304, \
	  .help = "packets of this process only",                            \
	  .more = "By the socket they belong to; a packet of no known "      \
		  "process does not show."),                                 \
		O(segment.comm, 'n', "comm", "NAME", opt_string,             \
		  .help = "packets of processes of this name only (15 "      \
			  "characters)"),                                    \
		O(segment.cgroup, 0, "cgroup", "PATH", opt_string,           \
		  .help = "packets of processes below this cgroup only",     \
		  .more = "A path in the cgroup v2 tree: "                   \
			  "/system.slice/nginx.service."),                   \
		O(segment.no_owner, 0, "no-owner", NULL, opt_true,           \
		  .help = "do not find out which process a packet "          \
			  "belongs to")

/* Packets that belong to a process, a name or a cgroup only. */
static inline bool segment_opts_want_owner(const struct segment_opts *o)
{
	return o->pid || o->comm || o->cgroup;
}

/* The bytes of each packet that come with its event; 0: none. */
uint32_t segment_caplen(const struct segment_tool *t);

/*
 * The callbacks of struct front, each for a tool's own of the same name. They
 * return what those do.
 */
int segment_prepare(const struct segment_tool *t, struct parse_err *err);
int segment_words(const struct segment_tool *t, char *const *words,
		  struct parse_err *err);
int segment_placed(const struct segment_tool *t, struct parse_err *err);
char *segment_text(const struct segment_tool *t,
		   const struct run_program *program);
void segment_release(const struct segment_tool *t);

#endif
