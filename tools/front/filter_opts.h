/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tools with a filter share: its options, for tables that have an O() and
 * options with a struct filter named "filter", and its part of their texts.
 */
#ifndef FILTER_OPTS_H
#define FILTER_OPTS_H

#include "base/opt.h"
#include "compile/filter.h"
#include "compile/pcap.h"
#include "compile/source.h"
#include "front/run.h"

/* PORT_MORE: what else is to be said of -p, or NULL */
#define FILTER_ENDS(port_more)                                                       \
	O(filter.local_ports, 'p', "port", "LIST", opt_ports,                        \
	  .help = "local port(s): 80, 80,443 or 8000-8100",                          \
	  .more = port_more),                                                        \
		O(filter.remote_ports, 'r', "remote-port", "LIST", opt_ports,        \
		  .help = "port(s) of the far end"),                                 \
		O(filter.hosts, 'H', "host", "LIST", opt_addrs,                      \
		  .help = "address(es) or prefix(es), IPv4 or IPv6, of either end"), \
		O(filter.local, 'L', "local", "LIST", opt_addrs,                     \
		  .help = "the same for the local end"),                             \
		O(filter.remote, 'R', "remote", "LIST", opt_addrs,                   \
		  .help = "the same for the far end")

#define FILTER_FLAGS                                                    \
	O(filter.flags, 'f', "flags", "LIST", opt_flags,                \
	  .help = "TCP flags: syn,!ack is set SYN and clear ACK",       \
	  .more = "fin, syn, rst, psh, ack, urg, ece, cwr and ae; all " \
		  "must hold.")

#define FILTER_SYN                                        \
	O(filter.flags, 0, "syn", NULL, filter_parse_syn, \
	  .help = "attempts to connect: short for -f syn,!ack")

#define FILTER_DIRECTION                                                 \
	O(filter.direction, 'D', "direction", "in|out|both", opt_choice, \
	  .help = "incoming (default), outgoing or all segments",        \
	  .choices = filter_direction_names)

#define FILTER_FAMILIES                                               \
	O(filter.want_ipv4_only, '4', "ipv4", NULL, opt_true,         \
	  .help = "IPv4 only"),                                       \
		O(filter.want_ipv6_only, '6', "ipv6", NULL, opt_true, \
		  .help = "IPv6 only")

#define FILTER_EXPR                                                 \
	O(filter.expr, 'e', "expr", "C", opt_string,                \
	  .help = "a C expression: -e 'len > 1000 && flags & PSH'", \
	  .more = "--fields lists the names.")

extern const char *const filter_direction_names[];
int filter_parse_syn(const struct opt *o, const char *arg, void *field,
		     struct parse_err *err);

/* Whether anything can match. 0 or -EINVAL as in parse.h. */
int filter_opts_check(const struct filter *f, struct parse_err *err);

/*
 * The text of the embedded file PATH with the filter as "common/filter.h",
 * named NAME in diagnostics (NULL: "filter"), MACROS as "common/options.h", and
 * WANT_IPV4, WANT_IPV6, WANT_LOCAL_PORT (there is an is_local_port()) and
 * WANT_MATCH (segment_matches() refuses some) beside the KNOBS. WORDS (NULL:
 * none) become "common/pcap.h", with WANT_PCAP, for packets on LINKS
 * (WANT_ETHER, WANT_RAW, WANT_BOTH_LINKS). Frees MACROS (NULL: lack of memory).
 * Allocated, or NULL on lack of memory.
 */
char *filter_source(const char *path, const struct filter *f, const char *name,
		    char *macros, const struct pcap_filter *words,
		    const bool links[PCAP_LINKS],
		    const struct source_knob *knobs);

/* What kinds of packets the hooks of O may see. Its place is known. */
void filter_links(const struct run_opts *o, bool links[PCAP_LINKS]);

/*
 * TEXT, a program of the user's from FILE, freed, and what F and WORDS (as
 * above) let through: both must hold. Without anything to add it is TEXT
 * itself. Allocated, or NULL with a sentence in ERR.
 */
char *filter_combine(char *text, const char *file, const struct filter *f,
		     const struct pcap_filter *words,
		     const bool links[PCAP_LINKS], char *err, size_t err_size);

#endif
