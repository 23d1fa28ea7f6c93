// SPDX-License-Identifier: GPL-2.0
#include "front/segment_tool.h"

#include <errno.h>
#include <string.h>

#include "compile/expr.h"
#include "front/filter_opts.h"

int segment_prepare(const struct segment_tool *t, struct parse_err *err)
{
	static const char *const what[] = {
		[FILTER_IN] = "incoming TCP",
		[FILTER_OUT] = "outgoing TCP",
		[FILTER_BOTH] = "incoming and outgoing TCP",
	};
	struct filter *f = t->filter;

	t->common->what = what[f->direction];
	t->common->want_out = f->direction != FILTER_IN;
	if (t->segment->no_owner && segment_opts_want_owner(t->segment))
		return parse_fail(err, "--no-owner does not go with -P, -n and "
				       "--cgroup");
	/* An expression that needs the packet's bytes cannot run in the
	 * pre-filter, which sees headers only. */
	if (f->expr)
		f->expr_is_packets = expr_needs_packet(f->expr);
	return capture_opts_check(t->capture, err) ?: filter_opts_check(f, err);
}

int segment_words(const struct segment_tool *t, char *const *words,
		  struct parse_err *err)
{
	t->pcap->words = pcap_join(words);
	return t->pcap->words ? 0 : -ENOMEM;
}

int segment_placed(const struct segment_tool *t, struct parse_err *err)
{
	bool links[PCAP_LINKS];

	if (!t->pcap->words)
		return 0;
	filter_links(t->common, links);
	return pcap_filter_make(t->pcap, links, t->common->compile_limit_s,
				err);
}

void segment_release(const struct segment_tool *t)
{
	filter_free(t->filter);
	pcap_filter_free(t->pcap);
}
