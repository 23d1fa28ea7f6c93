/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), appended to an out in
 * this machine's byte order: pure formatting. All functions return the block's
 * size in bytes; the caller commits.
 *
 * Strings are written as UTF-8 without control characters, '?' in place of
 * what is neither, and cut after some 4,000 bytes.
 */
#ifndef PCAPNG_BLOCK_H
#define PCAPNG_BLOCK_H

#include <stdint.h>

#include "base/out.h"
#include "view/record.h"

/* What a frame starts with: the pcap link types. */
#define PCAPNG_ETHERNET 1
#define PCAPNG_RAW 101	  /* the IP header */
#define PCAPNG_COOKED 276 /* see frame.h */

/* Wireshark takes a block with more for a damaged one. */
#define PCAPNG_CAPLEN_MAX 262144

/* "Section header": the file's first block. NULL: not said. */
struct pcapng_section {
	const char *hardware;	 /* "x86_64" */
	const char *os;		 /* "Linux 6.1.0" */
	const char *application; /* "tcpsnoop-c 0.1.0" */
};

size_t pcapng_put_section(struct out *o, const struct pcapng_section *s);

/* "Interface description"; numbered from 0 in the order of writing. */
struct pcapng_interface {
	uint16_t linktype;
	uint32_t snaplen; /* 0: no limit */
	const char *name; /* NULL: not said, as the others */
	const char *description;
	const char *filter;
};

size_t pcapng_put_interface(struct out *o, const struct pcapng_interface *i);

struct pcapng_frame {
	const void *data;
	size_t caplen;	   /* bytes at DATA; 0: none, DATA may be NULL */
	size_t wirelen;	   /* of the whole frame */
	uint16_t linktype; /* what DATA starts with: PCAPNG_* */
};

/*
 * "Enhanced packet": FRAME, seen as REC tells on INTERFACE, with its time in
 * nanoseconds, its direction, and a comment: "pid 123 nginx hook socket reason
 * NO_SOCKET", what is known of it; "(nginx)" for the owner of a listening
 * socket. No more than SNAPLEN bytes are written of it, unless 0.
 */
size_t pcapng_put_packet(struct out *o, uint32_t interface, uint32_t snaplen,
			 const struct record *rec,
			 const struct pcapng_frame *frame);

/* "Interface statistics". Times are of CLOCK_REALTIME. */
struct pcapng_statistics {
	uint32_t interface;
	uint64_t start_ns, end_ns;
	uint64_t nr_written; /* "usrdeliv": packet blocks in this section */

	bool has_counts;  /* what follows is known */
	uint64_t seen;	  /* "ifrecv" */
	uint64_t matched; /* "filteraccept" */
	uint64_t lost;	  /* "ifdrop": wherever */
	uint64_t lost_os; /* "osdrop": in the kernel, a part of lost */
	const char *comment;
};

size_t pcapng_put_statistics(struct out *o, const struct pcapng_statistics *s);

#endif
