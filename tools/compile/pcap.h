/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pcap-filter(7): words to C. libpcap, loaded at run time and only when there
 * are words, makes classic BPF of them; see cbpf.h for the rest.
 */
#ifndef PCAP_H
#define PCAP_H

#include "base/parse.h"

enum pcap_link {
	PCAP_ETHER,
	PCAP_RAW, /* packets that start with their IP header */
	PCAP_LINKS,
};

/* C functions of bpf_src/common/frame.h, pcap_ether() and pcap_raw(). */
struct pcap_filter {
	char *words;
	char *text[PCAP_LINKS]; /* NULL: nothing on such a link matches */
};

/* As in one line: joined by blanks. Allocated, NULL on lack of memory. */
char *pcap_join(char *const *words);

/*
 * Fill in p->text for p->words, for the links that are WANTed. 0; -EINVAL when
 * libpcap takes the words for none of these, with its own words in ERR, or
 * does not come to an end within LIMIT_S seconds (it takes minutes for
 * thousands of words); -ENOENT without libpcap, -ENOMEM. Asks name servers for
 * the hosts that the words name.
 */
int pcap_filter_make(struct pcap_filter *p, const bool want[PCAP_LINKS],
		     unsigned limit_s, struct parse_err *err);

/* bpf_src/common/pcap.h: those of WANT. Allocated, or NULL. */
char *pcap_filter_text(const struct pcap_filter *p,
		       const bool want[PCAP_LINKS]);

/* Null-safe for a zeroed struct. */
void pcap_filter_free(struct pcap_filter *p);

#endif
