/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets into pcapng files that tshark(1) and Wireshark read: one interface
 * for each hook, interface, namespace and link type that is seen, and
 * statistics with our exact losses at the end.
 *
 * Nothing here waits for a reader once the stop descriptor is readable (see
 * out.h). An error ends the writing for good: what a regular file holds by
 * then is cut back to its last whole block, and what comes after it is counted
 * as lost.
 */
#ifndef PCAPNG_H
#define PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/pcapng_block.h"
#include "view/view.h"

struct pcapng;

/* Strings are kept by reference. */
struct pcapng_opts {
	const char *path;    /* a file, or as of file_inherited() */
	const char *program; /* "tcpsnoop-c" */
	const char *version; /* "0.1.0" */
	const char *filter;  /* what is captured, in words, or NULL */
	uint32_t snaplen;    /* no more bytes of a frame; 0: all there are */

	/*
	 * Go on in a new file with the first packet after ROTATE_BYTES were
	 * written, or later than ROTATE_NS after the first one of the file (by
	 * their own times); 0: never. The files of x.pcapng are x.pcapng,
	 * x.1.pcapng, x.2.pcapng ...; of x: x, x.1, x.2 ... Files that are
	 * there are replaced, none is ever removed. Each can be read alone.
	 */
	uint64_t rotate_bytes;
	uint64_t rotate_ns;
};

/*
 * Create (or replace) the file as file_create() does and write its header,
 * which makes a full disk an error now. The files that follow are in the same
 * directory, whatever becomes of its path. A FIFO must have its reader. NULL
 * with a sentence that names the path in ERR.
 */
struct pcapng *pcapng_open(const struct pcapng_opts *opts, char *err,
			   size_t err_size);

/* From now on a blocked write gives up once FD is readable (-1: never). */
void pcapng_set_stop(struct pcapng *p, int fd);

/*
 * FRAME as REC has it; both are copied. 0, or -errno, once for an error: see
 * pcapng_error(). Most errors show here, but at the latest in pcapng_close().
 */
int pcapng_packet(struct pcapng *p, const struct record *rec,
		  const struct pcapng_frame *frame);

/*
 * Write what is buffered (more than 64 KiB never are). Results as above; a
 * regular file that was deleted meanwhile is -ESTALE, a reader that is gone
 * -EPIPE. -EINTR (stopped, each time) is no error: what is left stays buffered.
 */
int pcapng_flush(struct pcapng *p);

/*
 * The statistics: S, unless NULL, goes to the end of the last file; rotated
 * ones have their times and numbers of packets. A hook's counts are those of
 * the first interface it was seen on; what was lost is in those of the first
 * hook, so that the sum over all interfaces is exact. Then write all and close.
 * 0, or the first error since pcapng_open() that was not yet returned, -EINTR
 * included. P stays readable for the two functions below until pcapng_free().
 */
int pcapng_close(struct pcapng *p, const struct summary *s);

/* "cannot write x.pcapng: No space left on device", "" without an error. */
const char *pcapng_error(const struct pcapng *p);

/* Packets given that are in no file (after an error; before: buffered ones). */
uint64_t pcapng_nr_lost(const struct pcapng *p);

/* Null-safe. Closes, unless closed, without writing what is buffered. */
void pcapng_free(struct pcapng *p);

#endif
