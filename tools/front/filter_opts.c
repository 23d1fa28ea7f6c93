// SPDX-License-Identifier: GPL-2.0
#include "front/filter_opts.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "compile/expr.h"

#define KNOBS_MAX 32

const char *const filter_direction_names[] = {"in", "out", "both", NULL};

int filter_parse_syn(const struct opt *o, const char *arg, void *field,
		     struct parse_err *err)
{
	return opt_flags(o, "syn,!ack", field, err);
}

int filter_opts_check(const struct filter *f, struct parse_err *err)
{
	struct filter_families fam = filter_families(f);

	if (!fam.has_ipv4 && !fam.has_ipv6)
		return parse_fail(err, "nothing can match: the options for "
				       "IPv4 and IPv6 exclude each other");
	return f->expr ? expr_check(f->expr, err) : 0;
}

static char *expr_text(const struct filter *f)
{
	struct strbuf b = {};

	expr_write(&b, f->expr, f->text_name, EXPR_PACKET);
	return strbuf_take(&b, NULL);
}

/* The texts are allocated; NULL for a lack of memory. */
static char *assemble(const char *path, const struct source_knob *knobs,
		      const struct source_part *parts)
{
	bool has_all = true;
	char *text = NULL;
	size_t i;

	for (i = 0; parts[i].name; i++)
		has_all &= parts[i].text != NULL;
	if (has_all)
		text = source_assemble(path, knobs, parts);
	for (i = 0; parts[i].name; i++)
		free((char *)parts[i].text);
	return text;
}

char *filter_source(const char *path, const struct filter *f, const char *name,
		    char *macros, const struct pcap_filter *words,
		    const bool links[PCAP_LINKS],
		    const struct source_knob *knobs)
{
	static const bool no_links[PCAP_LINKS];
	const bool *l = words ? links : no_links;
	struct filter_families fam = filter_families(f);
	struct filter named = *f;
	struct source_knob all[KNOBS_MAX + 1] = {
		{"WANT_IPV4", fam.has_ipv4},
		{"WANT_IPV6", fam.has_ipv6},
		{"WANT_LOCAL_PORT", f->local_ports.nr > 0},
		{"WANT_MATCH", filter_is_narrow(f)},
		{"WANT_EXPR", f->expr && f->expr_is_packets},
		{"WANT_PCAP", words != NULL},
		{"WANT_ETHER", l[PCAP_ETHER]},
		{"WANT_RAW", l[PCAP_RAW]},
		{"WANT_BOTH_LINKS", l[PCAP_ETHER] && l[PCAP_RAW]},
	};
	struct source_part parts[] = {
		{"common/options.h", macros},
		{"common/filter.h", NULL},
		{"common/expr.h", NULL},
		{"common/pcap.h", NULL},
		{},
	};
	size_t nr;

	for (nr = 0; all[nr].name; nr++)
		;
	for (; knobs->name && nr < KNOBS_MAX; nr++)
		all[nr] = *knobs++;
	if (name)
		named.text_name = name;
	parts[1].text = filter_text(&named);
	parts[2].text = expr_text(&named);
	parts[3].text = words ? pcap_filter_text(words, links) : strdup("");
	return assemble(path, all, parts);
}
