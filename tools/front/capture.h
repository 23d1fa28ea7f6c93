/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pcapng file that a tool writes beside what it shows: its options, for
 * tables that have an O() and options with a struct capture_opts named
 * "capture", and the file itself. All functions but capture_open() do nothing
 * for a NULL capture.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "base/opt.h"
#include "front/run.h"

#define CAPTURE_MAX 65000 /* bytes of a packet that fit into an event */

struct capture_opts {
	const char *write; /* "-" is stdout; NULL: no file */
	uint32_t snaplen;  /* bytes of a frame; 0: all; CAPTURE_SNAPLEN_UNSET */
	uint64_t rotate_bytes;
	uint64_t rotate_ns;
	const char *filter; /* what is captured, in words, or NULL */
};

#define CAPTURE_SNAPLEN_UNSET UINT32_MAX
#define CAPTURE_DEFAULTS .snaplen = CAPTURE_SNAPLEN_UNSET

#define CAPTURE_OPTS                                                           \
	O(capture.write, 'w', "write", "FILE", opt_string, .complete = "file", \
	  .help = "write pcapng too; - is stdout, and nothing else goes "      \
		  "there"),                                                    \
		O(capture.snaplen, 's', "snaplen", "BYTES", opt_u32,           \
		  .max = CAPTURE_MAX,                                          \
		  .help = "bytes kept of each packet with -w (default: 128; "  \
			  "0: all)"),                                          \
		O(capture.rotate_bytes, 0, "rotate-size", "SIZE",              \
		  capture_opt_size,                                            \
		  .help = "start a new file after SIZE: 500K, 100M, 2G"),      \
		O(capture.rotate_ns, 0, "rotate-time", "SECONDS", opt_seconds, \
		  .help = "start a new file after this time")

/* A number with K, M or G (of 1,024) behind it, for the table above. */
int capture_opt_size(const struct opt *o, const char *arg, void *field,
		     struct parse_err *err);

/* What is asked for of a file goes with -w only. 0 or -EINVAL as in parse.h;
 * then defaults are filled in. */
int capture_opts_check(struct capture_opts *o, struct parse_err *err);

/* How much of a packet is to come along with its event; 0: nothing. */
uint32_t capture_len(const struct capture_opts *o, bool want_hex);

/* Nothing else is to go there then. */
bool capture_is_stdout(const struct capture_opts *o);

struct capture;

/*
 * Before anything is attached. O and LIST must live. *TO is NULL without a
 * file to write. 0, or -EIO or -ENOMEM, said.
 */
int capture_open(struct capture **to, const struct capture_opts *o,
		 const struct hook_list *list, struct run *run);

/* REC, of run_origin(), has its bytes, from IFACE. An error is said and ends the run, once. */
void capture_write(struct capture *c, struct run *run, const struct record *rec,
		   const struct iface *iface);

/* Some packets were written: a good moment. */
void capture_flush(struct capture *c, struct run *run);

/* The last word: all is counted. */
void capture_end(struct capture *c, struct run *run, const struct summary *sum);

void capture_free(struct capture *c);

#endif
