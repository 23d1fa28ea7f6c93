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

static void port_test(FILE *f, const struct range *r)
{
	unsigned first = r->first, last = r->last;

	if (first == last)
		fprintf(f, "port == %u", first);
	else if (!first)
		fprintf(f, "port <= %u", last);
	else if (last == 65535)
		fprintf(f, "port >= %u", first);
	else
		fprintf(f, "(port >= %u && port <= %u)", first, last);
}

static void ipv4_test(FILE *f, const struct range *r)
{
	uint32_t first = r->first, last = r->last;
	u128 host_bits;

	if (first == last)
		fprintf(f, "addr == 0x%08x", first);
	else if (!first && last == UINT32_MAX)
		fprintf(f, "1");
	else if (!first)
		fprintf(f, "addr <= 0x%08x", last);
	else if (range_is_prefix(r, &host_bits))
		fprintf(f, "(addr & 0x%08x) == 0x%08x", ~(uint32_t)host_bits,
			first);
	else
		fprintf(f, "(addr >= 0x%08x && addr <= 0x%08x)", first, last);
}

static void ipv6_less(FILE *f, u128 v)
{
	if (!low(v))
		fprintf(f, "hi < 0x%llxULL", (unsigned long long)high(v));
	else
		fprintf(f,
			"(hi < 0x%llxULL || (hi == 0x%llxULL && "
			"lo < 0x%llxULL))",
			(unsigned long long)high(v),
			(unsigned long long)high(v),
			(unsigned long long)low(v));
}

static void ipv6_not_less(FILE *f, u128 v)
{
	if (!low(v)) {
		fprintf(f, "hi >= 0x%llxULL", (unsigned long long)high(v));
		return;
	}
	fprintf(f, "!");
	ipv6_less(f, v);
}

/* A range that is not everything. */
static void ipv6_range_test(FILE *f, const struct range *r)
{
	fprintf(f, "(");
	if (r->first)
		ipv6_not_less(f, r->first);
	if (r->first && ~r->last)
		fprintf(f, " && ");
	if (~r->last)
		ipv6_less(f, r->last + 1);
	fprintf(f, ")");
}

static void half_test(FILE *f, const char *name, uint64_t value, uint64_t mask)
{
	if (mask == UINT64_MAX)
		fprintf(f, "%s == 0x%llxULL", name, (unsigned long long)value);
	else
		fprintf(f, "(%s & 0x%llxULL) == 0x%llxULL", name,
			(unsigned long long)mask, (unsigned long long)value);
}

static void ipv6_test(FILE *f, const struct range *r)
{
	u128 host_bits;

	if (!r->first && !~r->last) {
		fprintf(f, "1");
	} else if (!r->first || !range_is_prefix(r, &host_bits)) {
		ipv6_range_test(f, r);
	} else if (!~low(host_bits)) {
		half_test(f, "hi", high(r->first), ~high(host_bits));
	} else {
		fprintf(f, "(");
		half_test(f, "hi", high(r->first), UINT64_MAX);
		fprintf(f, " && ");
		half_test(f, "lo", low(r->first), ~low(host_bits));
		fprintf(f, ")");
	}
}

static void range_test(FILE *f, enum kind kind, const struct range *r)
{
	static void (*const tests[])(FILE *, const struct range *) = {
		[KIND_PORT] = port_test,
		[KIND_IPV4] = ipv4_test,
		[KIND_IPV6] = ipv6_test,
	};

	tests[kind](f, r);
}

static void range_less(FILE *f, enum kind kind, const struct range *r)
{
	if (kind == KIND_PORT)
		fprintf(f, "port < %u", (unsigned)r->first);
	else if (kind == KIND_IPV4)
		fprintf(f, "addr < 0x%08x", (uint32_t)r->first);
	else
		ipv6_less(f, r->first);
}

static void indent(FILE *f, int depth)
{
	while (depth--)
		fputc('\t', f);
}

/* Of a value that is not less than the range. */
static void range_end_test(FILE *f, enum kind kind, const struct range *r)
{
	struct range from_0 = {.first = 0, .last = r->last};

	range_test(f, kind, r->first == r->last ? r : &from_0);
}

/*
 * A search tree of ifs over the NR sorted ranges at R, down to one range.
 * IS_ABOVE: the value is not less than the first of them.
 */
static void tree_write(FILE *f, enum kind kind, const struct range *r,
		       size_t nr, bool is_above, int depth)
{
	indent(f, depth);
	if (nr == 1) {
		fprintf(f, "return ");
		(is_above ? range_end_test : range_test)(f, kind, r);
		fprintf(f, ";\n");
		return;
	}
	fprintf(f, "if (");
	range_less(f, kind, &r[nr / 2]);
	fprintf(f, nr / 2 == 1 ? ")\n" : ") {\n");
	tree_write(f, kind, r, nr / 2, is_above, depth + 1);
	if (nr / 2 > 1) {
		indent(f, depth);
		fprintf(f, "}\n");
	}
	tree_write(f, kind, r + nr / 2, nr - nr / 2, true, depth);
}

static void flat_write(FILE *f, enum kind kind, const struct range *r,
		       size_t nr)
{
	size_t i;

	fprintf(f, "\treturn ");
	for (i = 0; i < nr; i++) {
		if (i)
			fprintf(f, " ||\n\t\t");
		range_test(f, kind, &r[i]);
	}
	fprintf(f, ";\n");
}

/* is_NAME(): whether a value lies in SET. Nothing for an empty set. */
static void set_write(FILE *f, enum kind kind, const char *name,
		      const struct range_set *set)
{
	if (!set->nr)
		return;
	fprintf(f, "static inline int is_%s(%s)\n{\n", name, kind_args[kind]);
	if (set->nr > FLAT_MAX)
		tree_write(f, kind, set->r, set->nr, false, 1);
	else
		flat_write(f, kind, set->r, set->nr);
	fprintf(f, "}\n\n");
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
static void end_test(FILE *f, const char *name, int ip, char end)
{
	if (ip == 4)
		fprintf(f, "is_%s_ipv4(ntohl(s->ip4.%caddr))", name, end);
	else
		fprintf(f,
			"is_%s_ipv6(ipv6_high(&s->ip6.%caddr), "
			"ipv6_low(&s->ip6.%caddr))",
			name, end, end);
}

/* Let a segment of family IP pass only when the end it names lies in NAME. */
static void addr_check(FILE *f, const char *name, int ip, char end_in,
		       char end_out)
{
	fprintf(f, "\tif (s->ip == %d &&\n\t    !(", ip);
	if (end_in != end_out) {
		fprintf(f, "dir == DIR_IN ? ");
		end_test(f, name, ip, end_in);
		fprintf(f, "\n\t\t\t     : ");
		end_test(f, name, ip, end_out);
	} else {
		end_test(f, name, ip, 's');
		fprintf(f, " ||\n\t      ");
		end_test(f, name, ip, 'd');
	}
	fprintf(f, "))\n\t\treturn 0;\n");
}

static void port_check(FILE *f, const char *name, const struct range_set *set,
		       const char *in, const char *out)
{
	if (set->nr)
		fprintf(f,
			"\tif (!is_%s(ntohs(dir == DIR_IN ? s->tcp.%s "
			": s->tcp.%s)))\n\t\treturn 0;\n",
			name, in, out);
}

static void addrs_check(FILE *f, const struct filter_families *fam,
			const char *name, const struct addr_set *set,
			char end_in, char end_out)
{
	if (!has_addrs(set))
		return;
	if (fam->has_ipv4)
		addr_check(f, name, 4, end_in, end_out);
	if (fam->has_ipv6)
		addr_check(f, name, 6, end_in, end_out);
}

static void matches_write(FILE *f, const struct filter *flt,
			  const struct filter_families *fam)
{
	fprintf(f, "/* 1 for a segment that the command line asks for. */\n"
		   "static inline int segment_matches(const struct segment *s, "
		   "u8 dir)\n{\n");
	if (flt->flags.mask)
		fprintf(f,
			"\tif ((segment_flags(s) & 0x%03x) != 0x%03x)\n"
			"\t\treturn 0;\n",
			flt->flags.mask, flt->flags.value);
	port_check(f, "local_port", &flt->local_ports, "dest", "source");
	port_check(f, "remote_port", &flt->remote_ports, "source", "dest");
	addrs_check(f, fam, "local", &flt->local, 'd', 's');
	addrs_check(f, fam, "remote", &flt->remote, 's', 'd');
	addrs_check(f, fam, "host", &flt->hosts, 's', 's');
	if (flt->expr && !flt->expr_is_packets)
		fprintf(f, "\tif (!expr_matches(s))\n\t\treturn 0;\n");
	fprintf(f, "\treturn 1;\n}\n");
}

static void addrs_write(FILE *f, const struct filter_families *fam,
			const char *name, const struct addr_set *set)
{
	char full[32];

	if (fam->has_ipv4) {
		snprintf(full, sizeof(full), "%s_ipv4", name);
		set_write(f, KIND_IPV4, full, &set->v4);
	}
	if (fam->has_ipv6) {
		snprintf(full, sizeof(full), "%s_ipv6", name);
		set_write(f, KIND_IPV6, full, &set->v6);
	}
}

void filter_addrs_write(FILE *f, const char *name, const struct addr_set *set)
{
	const struct filter_families both = {true, true};

	addrs_write(f, &both, name, set);
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
	char *buf = NULL;
	size_t size;
	FILE *f = open_memstream(&buf, &size);
	bool failed;

	if (!f)
		return NULL;
	set_write(f, KIND_PORT, "local_port", &flt->local_ports);
	set_write(f, KIND_PORT, "remote_port", &flt->remote_ports);
	addrs_write(f, &fam, "local", &flt->local);
	addrs_write(f, &fam, "remote", &flt->remote);
	addrs_write(f, &fam, "host", &flt->hosts);
	if (!flt->expr_is_packets)
		expr_write(f, flt->expr, flt->text_name, EXPR_SEGMENT);
	matches_write(f, flt, &fam);
	failed = ferror(f);
	if (fclose(f) || failed) {
		free(buf);
		return NULL;
	}
	return buf;
}

void filter_free(struct filter *flt)
{
	range_set_free(&flt->local_ports);
	range_set_free(&flt->remote_ports);
	addr_set_free(&flt->hosts);
	addr_set_free(&flt->local);
	addr_set_free(&flt->remote);
}
