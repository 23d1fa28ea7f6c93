// SPDX-License-Identifier: GPL-2.0
#include "compile/filter.h"

#include <stdio.h>
#include <stdlib.h>

#include "compile/expr.h"

/* Up to so many ranges are written as one chain of || for the reader. */
#define FLAT_MAX 4

enum kind {
	KIND_PORT,
	KIND_IPV4,
	KIND_IPV6,
};

static const char *const kind_args[] = {
	[KIND_PORT] = "u16 port",
	[KIND_IPV4] = "u32 addr",
	[KIND_IPV6] = "u64 hi, u64 lo",
};

static uint64_t high(u128 v)
{
	return v >> 64;
}

static uint64_t low(u128 v)
{
	return v;
}

/* The bits that all of the range have in common, when it is a whole prefix. */
static bool range_is_prefix(const struct range *r, u128 *host_bits)
{
	*host_bits = r->first ^ r->last;
	return !(*host_bits & (*host_bits + 1)) && !(r->first & *host_bits);
}

static void port_test(struct strbuf *b, const struct range *r)
{
	unsigned first = r->first, last = r->last;

	if (first == last)
		strbuf_printf(b, "port == %u", first);
	else if (!first)
		strbuf_printf(b, "port <= %u", last);
	else if (last == 65535)
		strbuf_printf(b, "port >= %u", first);
	else
		strbuf_printf(b, "(port >= %u && port <= %u)", first, last);
}

static void ipv4_test(struct strbuf *b, const struct range *r)
{
	uint32_t first = r->first, last = r->last;
	u128 host_bits;

	if (first == last)
		strbuf_printf(b, "addr == 0x%08x", first);
	else if (!first && last == UINT32_MAX)
		strbuf_str(b, "1");
	else if (!first)
		strbuf_printf(b, "addr <= 0x%08x", last);
	else if (range_is_prefix(r, &host_bits))
		strbuf_printf(b, "(addr & 0x%08x) == 0x%08x",
			      ~(uint32_t)host_bits, first);
	else
		strbuf_printf(b, "(addr >= 0x%08x && addr <= 0x%08x)", first,
			      last);
}

static void ipv6_less(struct strbuf *b, u128 v)
{
	if (!low(v))
		strbuf_printf(b, "hi < 0x%llxULL", (unsigned long long)high(v));
	else
		strbuf_printf(b,
			      "(hi < 0x%llxULL || (hi == 0x%llxULL && "
			      "lo < 0x%llxULL))",
			      (unsigned long long)high(v),
			      (unsigned long long)high(v),
			      (unsigned long long)low(v));
}

static void ipv6_not_less(struct strbuf *b, u128 v)
{
	if (!low(v)) {
		strbuf_printf(b, "hi >= 0x%llxULL",
			      (unsigned long long)high(v));
		return;
	}
	strbuf_str(b, "!");
	ipv6_less(b, v);
}

/* A range that is not everything. */
static void ipv6_range_test(struct strbuf *b, const struct range *r)
{
	strbuf_str(b, "(");
	if (r->first)
		ipv6_not_less(b, r->first);
	if (r->first && ~r->last)
		strbuf_str(b, " && ");
	if (~r->last)
		ipv6_less(b, r->last + 1);
	strbuf_str(b, ")");
}

static void half_test(struct strbuf *b, const char *name, uint64_t value,
		      uint64_t mask)
{
	if (mask == UINT64_MAX)
		strbuf_printf(b, "%s == 0x%llxULL", name,
			      (unsigned long long)value);
	else
		strbuf_printf(b, "(%s & 0x%llxULL) == 0x%llxULL", name,
			      (unsigned long long)mask,
			      (unsigned long long)value);
}

static void ipv6_test(struct strbuf *b, const struct range *r)
{
	u128 host_bits;

	if (!r->first && !~r->last) {
		strbuf_str(b, "1");
	} else if (!r->first || !range_is_prefix(r, &host_bits)) {
		ipv6_range_test(b, r);
	} else if (!~low(host_bits)) {
		half_test(b, "hi", high(r->first), ~high(host_bits));
	} else {
		strbuf_str(b, "(");
		half_test(b, "hi", high(r->first), UINT64_MAX);
		strbuf_str(b, " && ");
		half_test(b, "lo", low(r->first), ~low(host_bits));
		strbuf_str(b, ")");
	}
}

static void range_test(struct strbuf *b, enum kind kind, const struct range *r)
{
	static void (*const tests[])(struct strbuf *, const struct range *) = {
		[KIND_PORT] = port_test,
		[KIND_IPV4] = ipv4_test,
		[KIND_IPV6] = ipv6_test,
	};

	tests[kind](b, r);
}

static void range_less(struct strbuf *b, enum kind kind, const struct range *r)
{
	if (kind == KIND_PORT)
		strbuf_printf(b, "port < %u", (unsigned)r->first);
	else if (kind == KIND_IPV4)
		strbuf_printf(b, "addr < 0x%08x", (uint32_t)r->first);
	else
		ipv6_less(b, r->first);
}

static void indent(struct strbuf *b, int depth)
{
	while (depth--)
		strbuf_chr(b, '\t');
}

/* Of a value that is not less than the range. */
static void range_end_test(struct strbuf *b, enum kind kind,
			   const struct range *r)
{
	struct range from_0 = {.first = 0, .last = r->last};

	range_test(b, kind, r->first == r->last ? r : &from_0);
}

/*
 * A search tree of ifs over the NR sorted ranges at R, down to one range.
 * IS_ABOVE: the value is not less than the first of them.
 */
static void tree_write(struct strbuf *b, enum kind kind, const struct range *r,
		       size_t nr, bool is_above, int depth)
{
	indent(b, depth);
	if (nr == 1) {
		strbuf_str(b, "return ");
		(is_above ? range_end_test : range_test)(b, kind, r);
		strbuf_str(b, ";\n");
		return;
	}
	strbuf_str(b, "if (");
	range_less(b, kind, &r[nr / 2]);
	strbuf_printf(b, nr / 2 == 1 ? ")\n" : ") {\n");
	tree_write(b, kind, r, nr / 2, is_above, depth + 1);
	if (nr / 2 > 1) {
		indent(b, depth);
		strbuf_str(b, "}\n");
	}
	tree_write(b, kind, r + nr / 2, nr - nr / 2, true, depth);
}

static void flat_write(struct strbuf *b, enum kind kind, const struct range *r,
		       size_t nr)
{
	size_t i;

	strbuf_str(b, "\treturn ");
	for (i = 0; i < nr; i++) {
		if (i)
			strbuf_str(b, " ||\n\t\t");
		range_test(b, kind, &r[i]);
	}
	strbuf_str(b, ";\n");
}

/* is_NAME(): whether a value lies in SET. Nothing for an empty set. */
static void set_write(struct strbuf *b, enum kind kind, const char *name,
		      const struct range_set *set)
{
	if (!set->nr)
		return;
	strbuf_printf(b, "static inline int is_%s(%s)\n{\n", name,
		      kind_args[kind]);
	if (set->nr > FLAT_MAX)
		tree_write(b, kind, set->r, set->nr, false, 1);
	else
		flat_write(b, kind, set->r, set->nr);
	strbuf_str(b, "}\n\n");
}

static bool has_addrs(const struct addr_set *set)
{
	return set->v4.nr || set->v6.nr;
}

struct filter_families filter_families(const struct filter *flt)
{
	const struct addr_set *sets[] = {&flt->hosts, &flt->local,
					 &flt->remote};
	struct filter_families fam = {
		.has_ipv4 = !flt->want_ipv6_only,
		.has_ipv6 = !flt->want_ipv4_only,
	};
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		if (!has_addrs(sets[i]))
			continue;
		fam.has_ipv4 &= sets[i]->v4.nr > 0;
		fam.has_ipv6 &= sets[i]->v6.nr > 0;
	}
	return fam;
}

/* The test of one end, 's' or 'd': "is_local_ipv4(ntohl(s->ip4.daddr))". */
static void end_test(struct strbuf *b, const char *name, int ip, char end)
{
	if (ip == 4)
		strbuf_printf(b, "is_%s_ipv4(ntohl(s->ip4.%caddr))", name, end);
	else
		strbuf_printf(b,
			      "is_%s_ipv6(ipv6_high(&s->ip6.%caddr), "
			      "ipv6_low(&s->ip6.%caddr))",
			      name, end, end);
}

/* Let a segment of family IP pass only when the end it names lies in NAME. */
static void addr_check(struct strbuf *b, const char *name, int ip, char end_in,
		       char end_out)
{
	strbuf_printf(b, "\tif (s->ip == %d &&\n\t    !(", ip);
	if (end_in != end_out) {
		strbuf_str(b, "dir == DIR_IN ? ");
		end_test(b, name, ip, end_in);
		strbuf_str(b, "\n\t\t\t     : ");
		end_test(b, name, ip, end_out);
	} else {
		end_test(b, name, ip, 's');
		strbuf_str(b, " ||\n\t      ");
		end_test(b, name, ip, 'd');
	}
	strbuf_str(b, "))\n\t\treturn 0;\n");
}

static void port_check(struct strbuf *b, const char *name,
		       const struct range_set *set, const char *in,
		       const char *out)
{
	if (set->nr)
		strbuf_printf(b,
			      "\tif (!is_%s(ntohs(dir == DIR_IN ? s->tcp.%s "
			      ": s->tcp.%s)))\n\t\treturn 0;\n",
			      name, in, out);
}

static void addrs_check(struct strbuf *b, const struct filter_families *fam,
			const char *name, const struct addr_set *set,
			char end_in, char end_out)
{
	if (!has_addrs(set))
		return;
	if (fam->has_ipv4)
		addr_check(b, name, 4, end_in, end_out);
	if (fam->has_ipv6)
		addr_check(b, name, 6, end_in, end_out);
}

static void matches_write(struct strbuf *b, const struct filter *flt,
			  const struct filter_families *fam)
{
	strbuf_str(b,
		   "/* 1 for a segment that the command line asks for. */\n"
		   "static inline int segment_matches(const struct segment *s, "
		   "u8 dir)\n{\n");
	if (flt->flags.mask)
		strbuf_printf(b,
			      "\tif ((segment_flags(s) & 0x%03x) != 0x%03x)\n"
			      "\t\treturn 0;\n",
			      flt->flags.mask, flt->flags.value);
	port_check(b, "local_port", &flt->local_ports, "dest", "source");
	port_check(b, "remote_port", &flt->remote_ports, "source", "dest");
	addrs_check(b, fam, "local", &flt->local, 'd', 's');
	addrs_check(b, fam, "remote", &flt->remote, 's', 'd');
	addrs_check(b, fam, "host", &flt->hosts, 's', 's');
	if (flt->expr && !flt->expr_is_packets)
		strbuf_str(b, "\tif (!expr_matches(s))\n\t\treturn 0;\n");
	strbuf_str(b, "\treturn 1;\n}\n");
}

static void addrs_write(struct strbuf *b, const struct filter_families *fam,
			const char *name, const struct addr_set *set)
{
	char full[32];

	if (fam->has_ipv4) {
		snprintf(full, sizeof(full), "%s_ipv4", name);
		set_write(b, KIND_IPV4, full, &set->v4);
	}
	if (fam->has_ipv6) {
		snprintf(full, sizeof(full), "%s_ipv6", name);
		set_write(b, KIND_IPV6, full, &set->v6);
	}
}

void filter_addrs_write(struct strbuf *b, const char *name,
			const struct addr_set *set)
{
	const struct filter_families both = {true, true};

	addrs_write(b, &both, name, set);
}

bool filter_is_narrow(const struct filter *flt)
{
	return flt->local_ports.nr || flt->remote_ports.nr ||
	       has_addrs(&flt->hosts) || has_addrs(&flt->local) ||
	       has_addrs(&flt->remote) || flt->flags.mask ||
	       (flt->expr && !flt->expr_is_packets);
}

char *filter_text(const struct filter *flt)
{
	struct filter_families fam = filter_families(flt);
	struct strbuf b = {};

	set_write(&b, KIND_PORT, "local_port", &flt->local_ports);
	set_write(&b, KIND_PORT, "remote_port", &flt->remote_ports);
	addrs_write(&b, &fam, "local", &flt->local);
	addrs_write(&b, &fam, "remote", &flt->remote);
	addrs_write(&b, &fam, "host", &flt->hosts);
	if (!flt->expr_is_packets)
		expr_write(&b, flt->expr, flt->text_name, EXPR_SEGMENT);
	matches_write(&b, flt, &fam);
	return strbuf_take(&b, NULL);
}

void filter_free(struct filter *flt)
{
	range_set_free(&flt->local_ports);
	range_set_free(&flt->remote_ports);
	addr_set_free(&flt->hosts);
	addr_set_free(&flt->local);
	addr_set_free(&flt->remote);
}
