// SPDX-License-Identifier: GPL-2.0
#include "compile/expr.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

/*
 * Names, numbers, blanks and operators may stand in an expression. Comments may
 * not, nor what C takes for '#', '{', '}', '[' and ']' (C11, 6.4.6): "%:include"
 * is a directive.
 */
static bool expr_fits(const char *p)
{
	static const char *const others[] = {"/*", "//", "%:", "<%",
					     "%>", "<:", ":>"};
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strncmp(p, others[i], 2))
			return false;
	return isalnum((unsigned char)*p) ||
	       strchr("_ \t.()[]!~*&|^<>=+-/%?:,", *p);
}

int expr_check(const char *expr, struct parse_err *err)
{
	int depth = 0;
	const char *p;

	for (p = expr; *p; p++) {
		if (!expr_fits(p)) {
			snprintf(
				err->text, sizeof(err->text),
				isprint((unsigned char)*p)
					? "-e: '%c' at column %d does not "
					  "belong in an expression"
					: "-e: the character 0x%02x at column "
					  "%d does not belong in an expression",
				(unsigned char)*p, (int)(p - expr) + 1);
			return -EINVAL;
		}
		depth += (*p == '(') - (*p == ')');
		if (depth < 0)
			break;
	}
	if (!depth && expr[strspn(expr, " \t")])
		return 0;
	snprintf(err->text, sizeof(err->text), "-e: %s",
		 depth < 0 ? "a ')' too many"
		 : depth   ? "a '(' is not closed"
			   : "the expression is empty");
	return -EINVAL;
}

/*
 * The user's expression, with a line number of its own so that the compiler's
 * errors point into it (source.h puts the number of the text's line after it).
 */
void expr_write(FILE *f, const char *expr, const char *name)
{
	static const char *const flags[] = {"FIN", "SYN", "RST", "PSH", "ACK",
					    "URG", "ECE", "CWR", "AE"};
	static const struct {
		const char *type, *name, *value;
	} fields[] = {
		{"u8", "ip", "s->ip"},
		{"u8", "ttl", "s->ip == 4 ? s->ip4.ttl : s->ip6.hop_limit"},
		{"u16", "sport", "ntohs(s->tcp.source)"},
		{"u16", "dport", "ntohs(s->tcp.dest)"},
		{"u16", "flags", "segment_flags(s)"},
		{"u16", "win", "ntohs(s->tcp.window)"},
		{"u32", "seq", "ntohl(s->tcp.seq)"},
		{"u32", "ack", "ntohl(s->tcp.ack_seq)"},
		{"u32", "len", "s->end - s->payload"},
	};
	size_t i;

	if (!expr)
		return;
	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		fprintf(f, "#define %s TCP_%s\n", flags[i], flags[i]);
	fprintf(f, "\nstatic inline int expr_matches(const struct segment *s)"
		   "\n{\n");
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		fprintf(f, "\tconst %s %s = %s;\n", fields[i].type,
			fields[i].name, fields[i].value);
	fprintf(f,
		"\n\treturn (\n#line 1 \"filter\"\n%s\n"
		"#line 0 \"%s\"\n\t) != 0;\n}\n\n",
		expr, name);
}
