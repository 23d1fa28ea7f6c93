// SPDX-License-Identifier: GPL-2.0
/* The names of an expression: what they are in C, and in words. */
#include <string.h>

#include "compile/expr.h"
#include "compile/expr_list.h"
#include "compile/lex.h"

struct name {
	const char *name, *type;
	const char *value; /* in C */
	const char *unit, *source;
	enum expr_scope scope; /* EXPR_PACKET: only there */
};

static const struct name fields[] = {
	{"ip", "u8", "s->ip", "4 or 6", "the IP header's version",
	 EXPR_SEGMENT},
	{"ttl", "u8", "s->ip == 4 ? s->ip4.ttl : s->ip6.hop_limit", "hops",
	 "IPv4 TTL or IPv6 hop limit", EXPR_SEGMENT},
	{"saddr", "u32", "s->ip == 4 ? ntohl(s->ip4.saddr) : 0",
	 "IPv4 address, 0 for IPv6", "IP header; see src()", EXPR_SEGMENT},
	{"daddr", "u32", "s->ip == 4 ? ntohl(s->ip4.daddr) : 0",
	 "IPv4 address, 0 for IPv6", "IP header; see dst()", EXPR_SEGMENT},
	{"sport", "u16", "ntohs(s->tcp.source)", "port", "TCP header",
	 EXPR_SEGMENT},
	{"dport", "u16", "ntohs(s->tcp.dest)", "port", "TCP header",
	 EXPR_SEGMENT},
	{"flags", "u16", "segment_flags(s)", "bits, see below", "TCP header",
	 EXPR_SEGMENT},
	{"win", "u16", "ntohs(s->tcp.window)", "bytes, not scaled",
	 "TCP header", EXPR_SEGMENT},
	{"seq", "u32", "ntohl(s->tcp.seq)", "bytes, as on the wire",
	 "TCP header", EXPR_SEGMENT},
	{"ack", "u32", "ntohl(s->tcp.ack_seq)", "bytes, as on the wire",
	 "TCP header", EXPR_SEGMENT},
	{"len", "u32", "s->end - s->payload", "bytes of payload",
	 "IP and TCP headers", EXPR_SEGMENT},
	{"wirelen", "u32", "a->wirelen", "bytes from the IP header on",
	 "the packet; tags count", EXPR_PACKET},
	{"vlan", "int", "a->vlan == VLAN_NONE ? -1 : a->vlan",
	 "VLAN id, -1 without", "the outermost tag", EXPR_PACKET},
	{"dir", "u8", "a->dir", "IN or OUT", "the hook", EXPR_PACKET},
	{"ifindex", "u32", "a->ifindex", "number, see ip link", "the hook",
	 EXPR_PACKET},
	{"mss", "u16", "segment_mss(ctx, s)", "bytes, 0 without",
	 "TCP option 2", EXPR_PACKET},
	{"wscale", "int", "segment_wscale(ctx, s)", "bits to shift, -1 without",
	 "TCP option 3", EXPR_PACKET},
	{"sack_ok", "int", "segment_sack_ok(ctx, s)", "0 or 1", "TCP option 4",
	 EXPR_PACKET},
	{"tsval", "u32", "segment_timestamp(ctx, s, 0)", "ticks, 0 without",
	 "TCP option 8", EXPR_PACKET},
	{"tsecr", "u32", "segment_timestamp(ctx, s, 4)", "ticks, 0 without",
	 "TCP option 8", EXPR_PACKET},
};

static const struct name functions[] = {
	{"payload(N)", "s64", "payload_bytes(ctx, s, n, 1)",
	 "byte N from 0, -1 behind the end", "the packet", EXPR_PACKET},
	{"payload16(N)", "s64", "payload_bytes(ctx, s, n, 2)",
	 "two bytes from N on, big-endian", "the packet", EXPR_PACKET},
	{"payload32(N)", "s64", "payload_bytes(ctx, s, n, 4)",
	 "four bytes from N on, big-endian", "the packet", EXPR_PACKET},
	{"host(\"LIST\")", "int", NULL, "either end is in 10.0.0.0/8,::1",
	 "IP header", EXPR_SEGMENT},
	{"ip(\"LIST\")", "int", NULL, "the same", "IP header", EXPR_SEGMENT},
	{"src(\"LIST\")", "int", NULL, "the source is", "IP header",
	 EXPR_SEGMENT},
	{"dst(\"LIST\")", "int", NULL, "the destination is", "IP header",
	 EXPR_SEGMENT},
};

static const struct name constants[] = {
	{"FIN", .value = "TCP_FIN"},
	{"SYN", .value = "TCP_SYN"},
	{"RST", .value = "TCP_RST"},
	{"PSH", .value = "TCP_PSH"},
	{"ACK", .value = "TCP_ACK"},
	{"URG", .value = "TCP_URG"},
	{"ECE", .value = "TCP_ECE"},
	{"CWR", .value = "TCP_CWR"},
	{"AE", .value = "TCP_AE"},
	{"IN", .value = "DIR_IN", .scope = EXPR_PACKET},
	{"OUT", .value = "DIR_OUT", .scope = EXPR_PACKET},
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* The name in front of "(N)". */
static bool uses_function(const char *expr, const struct name *n, char word[16])
{
	snprintf(word, 16, "%.*s", (int)strcspn(n->name, "("), n->name);
	return n->value && expr_uses(expr, word);
}

static bool is_in(const struct name *names, size_t nr, struct word w)
{
	char name[16];
	size_t i;

	for (i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(names[i].name, "("), names[i].name);
		if (word_is(w, name))
			return true;
	}
	return false;
}

/*
 * A name that is none of ours is most likely a slip, for which the compiler
 * suggests one of those that it knows: then it must know them all.
 */
static bool has_slip(const char *expr)
{
	struct lex lx = {.p = expr, .end = expr + strlen(expr)};
	struct word w;

	while ((w = lex_next(&lx)).len)
		if (word_is_name(w) && !is_in(fields, NR(fields), w) &&
		    !is_in(functions, NR(functions), w) &&
		    !is_in(constants, NR(constants), w))
			return true;
	return false;
}

static bool uses_packets(const char *expr, const struct name *names, size_t nr)
{
	char word[16];
	size_t i;

	for (i = 0; i < nr; i++) {
		snprintf(word, sizeof(word), "%.*s",
			 (int)strcspn(names[i].name, "("), names[i].name);
		if (names[i].scope == EXPR_PACKET && expr_uses(expr, word))
			return true;
	}
	return false;
}

bool expr_needs_packet(const char *expr)
{
	return has_slip(expr) || uses_packets(expr, fields, NR(fields)) ||
	       uses_packets(expr, functions, NR(functions)) ||
	       uses_packets(expr, constants, NR(constants));
}

/* Define the macros that EXPR uses, or take them back. */
static void macros_write(struct strbuf *b, const char *expr,
			 enum expr_scope scope, bool is_end)
{
	const char *how = is_end ? "#undef" : "#define";
	char word[16];
	size_t i;

	for (i = 0; i < NR(constants); i++)
		if (constants[i].scope <= scope &&
		    expr_uses(expr, constants[i].name))
			strbuf_printf(b, "%s %s%s%s\n", how, constants[i].name,
				      is_end ? "" : " ",
				      is_end ? "" : constants[i].value);
	for (i = 0; i < NR(functions); i++)
		if (functions[i].scope <= scope &&
		    uses_function(expr, &functions[i], word))
			strbuf_printf(b, "%s %s%s%s\n", how, word,
				      is_end ? "" : "(n) ",
				      is_end ? "" : functions[i].value);
}

/*
 * The user's expression, with a line number of its own so that the compiler's
 * errors point into it (source.h puts the number of the text's line after it).
 */
void expr_write(struct strbuf *b, const char *expr, const char *name,
		enum expr_scope scope)
{
	bool wants_all;
	size_t i;

	if (!expr)
		return;
	wants_all = has_slip(expr);
	macros_write(b, expr, scope, false);
	expr_lists_write(b, expr);
	strbuf_printf(b,
		      "/* 1 for a segment that the expression is true of. "
		      "*/\n"
		      "static inline int expr_matches(%sconst struct "
		      "segment *s%s)\n"
		      "{\n",
		      scope == EXPR_PACKET ? "void *ctx, " : "",
		      scope == EXPR_PACKET
			      ? ",\n\t\t\t       const struct arrival *a"
			      : "");
	for (i = 0; i < NR(fields); i++)
		if (fields[i].scope <= scope &&
		    (wants_all || expr_uses(expr, fields[i].name)))
			strbuf_printf(b, "\tconst %s %s = %s;\n",
				      fields[i].type, fields[i].name,
				      fields[i].value);
	strbuf_printf(b,
		      "\n\treturn (\n#line 1 \"filter\"\n%s\n"
		      "#line 0 \"%s\"\n\t) != 0;\n}\n\n",
		      expr, name);
	macros_write(b, expr, scope, true);
	expr_lists_end(b, expr);
}

static void names_print(FILE *f, const struct name *names, size_t nr,
			enum expr_scope scope)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (names[i].scope <= scope)
			fprintf(f, "%-13s %-4s %-33s %s\n", names[i].name,
				names[i].type, names[i].unit, names[i].source);
}

void expr_print_fields(FILE *f, enum expr_scope scope)
{
	size_t i;

	fprintf(f, "%-13s %-4s %-33s %s\n", "NAME", "TYPE", "UNIT OR MEANING",
		"FROM");
	names_print(f, fields, NR(fields), scope);
	names_print(f, functions, NR(functions), scope);
	fprintf(f, "\nFlags, for flags & SYN:");
	for (i = 0; i < NR(constants) && !constants[i].scope; i++)
		fprintf(f, " %s", constants[i].name);
	fprintf(f, "\nAll numbers are in host order. A letter stands for its "
		   "byte: payload(0) == 'G'.\n");
}
