// SPDX-License-Identifier: GPL-2.0
#include "front/filter_opts.h"

#include <stdlib.h>

#include "compile/expr.h"

#define KNOBS_MAX 32

int filter_opts_check(const struct filter *f, struct parse_err *err)
{
	struct filter_families fam = filter_families(f);

	if (!fam.has_ipv4 && !fam.has_ipv6)
		return parse_fail(err, "nothing can match: the options for "
				       "IPv4 and IPv6 exclude each other");
	return f->expr ? expr_check(f->expr, err) : 0;
}

char *filter_source(const char *path, const struct filter *f, const char *name,
		    char *macros, const struct source_knob *knobs)
{
	struct filter_families fam = filter_families(f);
	struct filter named = *f;
	struct source_knob all[KNOBS_MAX + 1] = {
		{"WANT_IPV4", fam.has_ipv4},
		{"WANT_IPV6", fam.has_ipv6},
		{"WANT_LOCAL_PORT", f->local_ports.nr > 0},
	};
	struct source_part parts[] = {
		{"common/options.h", macros},
		{"common/filter.h", NULL},
		{},
	};
	char *filter, *text = NULL;
	size_t nr;

	for (nr = 3; knobs->name && nr < KNOBS_MAX; nr++)
		all[nr] = *knobs++;
	if (name)
		named.text_name = name;
	filter = filter_text(&named);
	parts[1].text = filter;
	if (macros && filter)
		text = source_assemble(path, all, parts);
	free(macros);
	free(filter);
	return text;
}
