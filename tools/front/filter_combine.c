// SPDX-License-Identifier: GPL-2.0
/* Filter options for a program that is the user's own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "compile/expr.h"
#include "compile/source_wrap.h"
#include "front/filter_opts.h"

void filter_links(const struct run_opts *o, bool links[PCAP_LINKS])
{
	bool is_any = !o->ifnames.nr;

	links[PCAP_ETHER] = is_any || o->place.link_len;
	links[PCAP_RAW] = is_any || !o->place.link_len;
}

static bool has_options(const struct filter *f)
{
	const struct addr_set *sets[] = {&f->hosts, &f->local, &f->remote};
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (sets[i]->v4.nr || sets[i]->v6.nr)
			return true;
	return f->local_ports.nr || f->remote_ports.nr || f->flags.mask ||
	       f->want_ipv4_only || f->want_ipv6_only ||
	       (f->expr && !f->expr_is_packets);
}

/* TEXT, freed, with MORE, freed, behind its function NAME. */
static char *wrap(char *text, const char *file, const char *name, char *more,
		  char *err, size_t err_size)
{
	char *both = text && more ? source_wrap(text, file, name, more) : NULL;

	if (!both)
		snprintf(err, err_size,
			 text && more && errno == ENOENT
				 ? "%s has no function %s(), which filter "
				   "options need"
				 : "%s: not enough memory",
			 file, name);
	free(text);
	free(more);
	return both;
}

/* TEXT, freed; NULL: there was no memory for it. */
static void part_add(struct strbuf *b, char *text)
{
	if (text)
		strbuf_str(b, text);
	else
		strbuf_fail(b, -ENOMEM);
	free(text);
}

/* What -p, -H and their like let through, as another segment_matches(). */
static char *segment_text(const struct filter *f, const char *file)
{
	struct filter_families fam = filter_families(f);
	struct filter named = *f;
	struct strbuf b = {};

	named.text_name = "options";
	strbuf_str(&b, "#define segment_matches option_matches\n");
	part_add(&b, filter_text(&named));
	strbuf_printf(&b,
		      "#undef segment_matches\n\n"
		      "static inline int segment_matches(const struct segment "
		      "*s, u8 dir)\n"
		      "{\n"
		      "\treturn source_segment_matches(s, dir) && "
		      "option_matches(s, dir) &&\n"
		      "\t       %s;\n"
		      "}\n",
		      !fam.has_ipv6   ? "s->ip == 4"
		      : !fam.has_ipv4 ? "s->ip == 6"
				      : "1");
	return strbuf_take(&b, NULL);
}

static void expr_part(struct strbuf *b, const struct filter *flt)
{
	part_add(b, source_assemble("bpf_src/common/expr_help.h", NULL, NULL));
	expr_write(b, flt->expr, "options", EXPR_PACKET);
}

static void words_part(struct strbuf *b, const struct pcap_filter *words,
		       const bool links[PCAP_LINKS])
{
	const struct source_knob knobs[] = {
		{"WANT_ETHER", links[PCAP_ETHER]},
		{"WANT_RAW", links[PCAP_RAW]},
		{"WANT_BOTH_LINKS", links[PCAP_ETHER] && links[PCAP_RAW]},
		{},
	};
	char *pcap = pcap_filter_text(words, links);
	const struct source_part parts[] = {{"common/pcap.h", pcap}, {}};

	part_add(b,
		 pcap ? source_assemble("bpf_src/common/frame.h", knobs, parts)
		      : NULL);
	free(pcap);
}

/* What must look into the packet: another snoop(). */
static char *packet_text(const struct filter *flt,
			 const struct pcap_filter *words,
			 const bool links[PCAP_LINKS])
{
	bool has_expr = flt->expr && flt->expr_is_packets;
	struct strbuf b = {};

	if (has_expr)
		expr_part(&b, flt);
	if (words)
		words_part(&b, words, links);
	strbuf_printf(&b,
		      "static inline void snoop(void *ctx, struct hook_stats "
		      "*st,\n"
		      "\t\t\t struct arrival *a)\n"
		      "{\n"
		      "\tstruct arrival copy = *a;\n"
		      "\tstruct segment s;\n"
		      "\n"
		      "\tif (segment_parse(ctx, &s, copy.proto, copy.len, "
		      "&copy.vlan)%s%s)\n"
		      "\t\tsource_snoop(ctx, st, a);\n"
		      "}\n",
		      words ? " &&\n\t    pcap_matches(ctx, &copy)" : "",
		      has_expr ? " &&\n\t    expr_matches(ctx, &s, &copy)"
			       : "");
	return strbuf_take(&b, NULL);
}

char *filter_combine(char *text, const char *file, const struct filter *f,
		     const struct pcap_filter *words,
		     const bool links[PCAP_LINKS], char *err, size_t err_size)
{
	bool needs_packet = words || (f->expr && f->expr_is_packets);

	if (words && links[PCAP_ETHER] && links[PCAP_RAW]) {
		snprintf(err, err_size, "a pcap-filter with --source needs -i");
		free(text);
		return NULL;
	}
	if (has_options(f))
		text = wrap(text, file, "segment_matches",
			    segment_text(f, file), err, err_size);
	if (text && needs_packet)
		text = wrap(text, file, "snoop", packet_text(f, words, links),
			    err, err_size);
	return text;
}
