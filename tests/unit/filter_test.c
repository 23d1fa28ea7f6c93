// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compile/expr.h"
#include "compile/filter.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* Options as they are written. */
struct words {
	const char *port, *remote_port, *host, *local, *remote, *flags, *expr;
	bool is_4, is_6;
};

static void filter_make(struct filter *flt, const struct words *w)
{
	struct parse_err err;

	memset(flt, 0, sizeof(*flt));
	assert_false(w->port && parse_ports(w->port, &flt->local_ports, &err));
	assert_false(w->remote_port &&
		     parse_ports(w->remote_port, &flt->remote_ports, &err));
	assert_false(w->host && parse_addrs(w->host, &flt->hosts, &err));
	assert_false(w->local && parse_addrs(w->local, &flt->local, &err));
	assert_false(w->remote && parse_addrs(w->remote, &flt->remote, &err));
	assert_false(w->flags && parse_flags(w->flags, &flt->flags, &err));
	flt->expr = w->expr;
	flt->text_name = "tcpsnoop.c";
	flt->want_ipv4_only = w->is_4;
	flt->want_ipv6_only = w->is_6;
}

static char *text_of(const struct words *w)
{
	struct filter flt;
	char *text;

	filter_make(&flt, w);
	text = filter_text(&flt);
	filter_free(&flt);
	assert_non_null(text);
	return text;
}

#define MATCHES                                                   \
	"/* 1 for a segment that the command line asks for. */\n" \
	"static inline int segment_matches(const struct segment *s, u8 dir)\n"
#define PORT "static inline int is_local_port(u16 port)\n"
#define LOCAL_PORT                                                                            \
	MATCHES "{\n"                                                                         \
		"\tif (!is_local_port(ntohs(dir == DIR_IN ? s->tcp.dest : s->tcp.source)))\n" \
		"\t\treturn 0;\n"                                                             \
		"\treturn 1;\n"                                                               \
		"}\n"
#define HOST4_PASSES                                     \
	"\tif (s->ip == 4 &&\n"                          \
	"\t    !(is_host_ipv4(ntohl(s->ip4.saddr)) ||\n" \
	"\t      is_host_ipv4(ntohl(s->ip4.daddr))))\n"  \
	"\t\treturn 0;\n"
#define HOST6_PASSES                                                                   \
	"\tif (s->ip == 6 &&\n"                                                        \
	"\t    !(is_host_ipv6(ipv6_high(&s->ip6.saddr), ipv6_low(&s->ip6.saddr)) ||\n" \
	"\t      is_host_ipv6(ipv6_high(&s->ip6.daddr), ipv6_low(&s->ip6.daddr))))\n"  \
	"\t\treturn 0;\n"

static const struct {
	struct words words;
	const char *text;
} cases[] = {
	{{0}, MATCHES "{\n\treturn 1;\n}\n"},
	{{.is_4 = true}, MATCHES "{\n\treturn 1;\n}\n"},
	/* One port is one comparison. */
	{{.port = "80"}, PORT "{\n\treturn port == 80;\n}\n\n" LOCAL_PORT},
	{{.port = "80-81"},
	 PORT "{\n\treturn (port >= 80 && port <= 81);\n}\n\n" LOCAL_PORT},
	{{.port = "0-1023"},
	 PORT "{\n\treturn port <= 1023;\n}\n\n" LOCAL_PORT},
	{{.port = "1024-65535"},
	 PORT "{\n\treturn port >= 1024;\n}\n\n" LOCAL_PORT},
	{{.port = "9,5,1,7"},
	 PORT "{\n\treturn port == 1 ||\n"
	      "\t\tport == 5 ||\n"
	      "\t\tport == 7 ||\n"
	      "\t\tport == 9;\n}\n\n" LOCAL_PORT},
	{{.port = "1,3,5,7,9"},
	 PORT "{\n\tif (port < 5) {\n"
	      "\t\tif (port < 3)\n"
	      "\t\t\treturn port == 1;\n"
	      "\t\treturn port == 3;\n"
	      "\t}\n"
	      "\tif (port < 7)\n"
	      "\t\treturn port == 5;\n"
	      "\tif (port < 9)\n"
	      "\t\treturn port == 7;\n"
	      "\treturn port == 9;\n}\n\n" LOCAL_PORT},
	/* In the tree's end what it has asked is not asked again. */
	{{.port = "10-15,20-25,30-35,40-45,50-65535"},
	 PORT "{\n\tif (port < 30) {\n"
	      "\t\tif (port < 20)\n"
	      "\t\t\treturn (port >= 10 && port <= 15);\n"
	      "\t\treturn port <= 25;\n"
	      "\t}\n"
	      "\tif (port < 40)\n"
	      "\t\treturn port <= 35;\n"
	      "\tif (port < 50)\n"
	      "\t\treturn port <= 45;\n"
	      "\treturn port <= 65535;\n}\n\n" LOCAL_PORT},
	{{.remote_port = "443"},
	 "static inline int is_remote_port(u16 port)\n"
	 "{\n\treturn port == 443;\n}\n\n" MATCHES "{\n"
	 "\tif (!is_remote_port(ntohs(dir == DIR_IN ? s->tcp.source : s->tcp.dest)))\n"
	 "\t\treturn 0;\n"
	 "\treturn 1;\n"
	 "}\n"},
	{{.host = "10.0.0.1"},
	 "static inline int is_host_ipv4(u32 addr)\n"
	 "{\n\treturn addr == 0x0a000001;\n}\n\n" MATCHES "{\n" HOST4_PASSES
	 "\treturn 1;\n}\n"},
	/* Of what cannot pass nothing is left. */
	{{.host = "10.0.0.0/8,::1", .is_4 = true},
	 "static inline int is_host_ipv4(u32 addr)\n"
	 "{\n\treturn (addr & 0xff000000) == 0x0a000000;\n}\n\n" MATCHES
	 "{\n" HOST4_PASSES "\treturn 1;\n}\n"},
	{{.host = "0.0.0.0/0,2001:db8::/32"},
	 "static inline int is_host_ipv4(u32 addr)\n"
	 "{\n\treturn 1;\n}\n\n"
	 "static inline int is_host_ipv6(u64 hi, u64 lo)\n"
	 "{\n\treturn (hi & 0xffffffff00000000ULL) == "
	 "0x20010db800000000ULL;\n}\n\n" MATCHES "{\n" HOST4_PASSES HOST6_PASSES
	 "\treturn 1;\n}\n"},
	{{.host = "::1"},
	 "static inline int is_host_ipv6(u64 hi, u64 lo)\n"
	 "{\n\treturn (hi == 0x0ULL && lo == 0x1ULL);\n}\n\n" MATCHES
	 "{\n" HOST6_PASSES "\treturn 1;\n}\n"},
	/* No whole prefix, from and up to where the lower half is 0 or not. */
	{{.host = "2001:db8::,2001:db8::1,2001:db8::2"},
	 "static inline int is_host_ipv6(u64 hi, u64 lo)\n"
	 "{\n\treturn (hi >= 0x20010db800000000ULL && "
	 "(hi < 0x20010db800000000ULL || (hi == 0x20010db800000000ULL && "
	 "lo < 0x3ULL)));\n}\n\n" MATCHES "{\n" HOST6_PASSES
	 "\treturn 1;\n}\n"},
	{{.host = "::/1,8000::/2"},
	 "static inline int is_host_ipv6(u64 hi, u64 lo)\n"
	 "{\n\treturn (hi < 0xc000000000000000ULL);\n}\n\n" MATCHES
	 "{\n" HOST6_PASSES "\treturn 1;\n}\n"},
	{{.host = "4000::/2,8000::/1"},
	 "static inline int is_host_ipv6(u64 hi, u64 lo)\n"
	 "{\n\treturn (hi >= 0x4000000000000000ULL);\n}\n\n" MATCHES
	 "{\n" HOST6_PASSES "\treturn 1;\n}\n"},
	{{.local = "1.2.3.4"},
	 "static inline int is_local_ipv4(u32 addr)\n"
	 "{\n\treturn addr == 0x01020304;\n}\n\n" MATCHES "{\n"
	 "\tif (s->ip == 4 &&\n"
	 "\t    !(dir == DIR_IN ? is_local_ipv4(ntohl(s->ip4.daddr))\n"
	 "\t\t\t     : is_local_ipv4(ntohl(s->ip4.saddr))))\n"
	 "\t\treturn 0;\n"
	 "\treturn 1;\n}\n"},
	{{.remote = "2001:db8::/65"},
	 "static inline int is_remote_ipv6(u64 hi, u64 lo)\n"
	 "{\n\treturn (hi == 0x20010db800000000ULL && "
	 "(lo & 0x8000000000000000ULL) == 0x0ULL);\n}\n\n" MATCHES "{\n"
	 "\tif (s->ip == 6 &&\n"
	 "\t    !(dir == DIR_IN ? is_remote_ipv6(ipv6_high(&s->ip6.saddr), ipv6_low(&s->ip6.saddr))\n"
	 "\t\t\t     : is_remote_ipv6(ipv6_high(&s->ip6.daddr), ipv6_low(&s->ip6.daddr))))\n"
	 "\t\treturn 0;\n"
	 "\treturn 1;\n}\n"},
	{{.flags = "syn,!ack"},
	 MATCHES
	 "{\n\tif ((segment_flags(s) & 0x012) != 0x002)\n\t\treturn 0;\n"
	 "\treturn 1;\n}\n"},
	{{.flags = "ae"},
	 MATCHES
	 "{\n\tif ((segment_flags(s) & 0x100) != 0x100)\n\t\treturn 0;\n"
	 "\treturn 1;\n}\n"},
	{{.expr = "dport == 443 && flags & SYN"},
	 "#define SYN TCP_SYN\n"
	 "/* 1 for a segment that the expression is true of. */\n"
	 "static inline int expr_matches(const struct segment *s)\n"
	 "{\n"
	 "\tconst u16 dport = ntohs(s->tcp.dest);\n"
	 "\tconst u16 flags = segment_flags(s);\n"
	 "\n"
	 "\treturn (\n"
	 "#line 1 \"filter\"\n"
	 "dport == 443 && flags & SYN\n"
	 "#line 0 \"tcpsnoop.c\"\n"
	 "\t) != 0;\n"
	 "}\n"
	 "\n"
	 "#undef SYN\n" MATCHES "{\n\tif (!expr_matches(s))\n\t\treturn 0;\n"
	 "\treturn 1;\n}\n"},
	{{.expr = "src(\"10.0.0.0/8\")"},
	 "static inline int is_list0_ipv4(u32 addr)\n"
	 "{\n\treturn (addr & 0xff000000) == 0x0a000000;\n}\n\n"
	 "static inline int is_list0(const struct segment *s, int src, "
	 "int dst)\n{\n"
	 "\tif (s->ip == 4)\n"
	 "\t\treturn (src && is_list0_ipv4(ntohl(s->ip4.saddr))) ||\n"
	 "\t\t       (dst && is_list0_ipv4(ntohl(s->ip4.daddr)));\n"
	 "\treturn 0;\n}\n\n"
	 "/* NR: the list's number in the expression. */\n"
	 "static inline int is_listed(const struct segment *s, int nr, int "
	 "src, int dst)\n{\n"
	 "\tif (nr == 0)\n\t\treturn is_list0(s, src, dst);\n"
	 "\treturn 0;\n}\n\n"
	 "enum { FIRST_LIST = __COUNTER__ + 1 };\n"
	 "#define host(list) is_listed(s, __COUNTER__ - FIRST_LIST, 1, 1)\n"
	 "#define ip(list) is_listed(s, __COUNTER__ - FIRST_LIST, 1, 1)\n"
	 "#define src(list) is_listed(s, __COUNTER__ - FIRST_LIST, 1, 0)\n"
	 "#define dst(list) is_listed(s, __COUNTER__ - FIRST_LIST, 0, 1)\n"
	 "\n"
	 "/* 1 for a segment that the expression is true of. */\n"
	 "static inline int expr_matches(const struct segment *s)\n"
	 "{\n"
	 "\n"
	 "\treturn (\n"
	 "#line 1 \"filter\"\n"
	 "src(\"10.0.0.0/8\")\n"
	 "#line 0 \"tcpsnoop.c\"\n"
	 "\t) != 0;\n"
	 "}\n"
	 "\n"
	 "#undef host\n#undef ip\n#undef src\n#undef dst\n" MATCHES
	 "{\n\tif (!expr_matches(s))\n\t\treturn 0;\n"
	 "\treturn 1;\n}\n"},
};

static void test_texts(void **state)
{
	size_t i;

	for (i = 0; i < NR(cases); i++) {
		char *text = text_of(&cases[i].words);

		assert_string_equal(text, cases[i].text);
		free(text);
	}
}

/* Two ways to say the same. */
static const struct words pairs[][2] = {
	{{.port = "80,81"}, {.port = "80-81"}},
	{{.port = "443,80"}, {.port = "80,443,80"}},
	{{.port = "1-5,3-9"}, {.port = "1-9"}},
	{{.host = "10.0.0.0/9,10.128.0.0/9"}, {.host = "10.0.0.0/8"}},
	{{.host = "::1,10.0.0.1"}, {.host = "10.0.0.1,::1"}},
	{{.local = "::/1,8000::/1"}, {.local = "::/0"}},
	{{.flags = "!ack,syn"}, {.flags = "SYN,!ACK"}},
	{{.host = "10.0.0.1,::1", .is_6 = true}, {.host = "::1"}},
};

static void test_equal_filters_give_equal_texts(void **state)
{
	size_t i;

	for (i = 0; i < NR(pairs); i++) {
		char *one = text_of(&pairs[i][0]), *two = text_of(&pairs[i][1]);

		assert_string_equal(one, two);
		free(one);
		free(two);
	}
}

static const struct {
	struct words words;
	bool has_ipv4, has_ipv6;
} families[] = {
	{{0}, true, true},
	{{.is_4 = true}, true, false},
	{{.is_6 = true}, false, true},
	{{.is_4 = true, .is_6 = true}, false, false},
	{{.port = "80", .flags = "syn", .expr = "1"}, true, true},
	{{.host = "10.0.0.1"}, true, false},
	{{.local = "::1"}, false, true},
	{{.remote = "::/0,0.0.0.0/0"}, true, true},
	{{.host = "::1,10.0.0.1", .remote = "10.0.0.2"}, true, false},
	{{.host = "10.0.0.1", .is_6 = true}, false, false},
	{{.local = "10.0.0.1", .remote = "::1"}, false, false},
};

static void test_families(void **state)
{
	struct filter_families fam;
	struct filter flt;
	size_t i;

	for (i = 0; i < NR(families); i++) {
		filter_make(&flt, &families[i].words);
		fam = filter_families(&flt);
		filter_free(&flt);
		assert_int_equal(fam.has_ipv4, families[i].has_ipv4);
		assert_int_equal(fam.has_ipv6, families[i].has_ipv6);
	}
}

/* NULL: fine. */
static const struct {
	const char *expr, *error;
} exprs[] = {
	{"1", NULL},
	{" dport == 443\t", NULL},
	{"(len > 1000 || flags & (SYN | RST)) && !(ttl < 0x40u)", NULL},
	{"ip == 4 ? sport != 22 : win % 7 == ~0 ^ 1, ack - seq * 2 / 3", NULL},
	{"a[1] + b.c >> 1 <= d << 1", NULL},
	{"()", NULL}, /* the compiler's to say */
	{"1; return 1", "';' at column 2"},
	{"({ 1", "'{' at column 2"},
	{"1 }", "'}' at column 3"},
	{"#include </etc/shadow>", "'#' at column 1"},
	{"1 ## 2", "'#' at column 3"},
	{"\"text\"", "'\"' at column 1"},
	{"payload(0) == 'G'", NULL},
	{"'('", NULL},
	{"''", "''' at column 1"},
	{"'ab'", "''' at column 1"},
	{"'\\n'", "''' at column 1"},
	{"'''", "''' at column 1"},
	{"host(\"10.0.0.0/8,::1\") || ! src (\t\"::/0\")", NULL},
	{"dst(\"10.0.0.1\") && ip(\"10.0.0.2\") && ip == 4", NULL},
	{"ghost(\"10.0.0.1\")", "'\"' at column 7"},
	{"src\"10.0.0.1\"", "'\"' at column 4"},
	{"src(1,\"10.0.0.1\")", "'\"' at column 7"},
	{"1 \\", "'\\' at column 3"},
	{"1 @ 2", "'@' at column 3"},
	{"$x", "'$' at column 1"},
	{"`x`", "'`' at column 1"},
	{"1 /* 2", "'/' at column 3"},
	{"1 // 2", "'/' at column 3"},
	{"1 */ 2", NULL}, /* ends no comment of ours */
	/* What C reads as # { } [ ] (C11, 6.4.6). */
	{"%:include </etc/shadow>", "'%' at column 1"},
	{"1 <% 2", "'<' at column 3"},
	{"1 %> 2", "'%' at column 3"},
	{"s<:1", "'<' at column 2"},
	{"1:>", "':' at column 2"},
};

static void assert_refused(const char *expr, const char *error)
{
	struct parse_err err = {""};

	assert_int_equal(expr_check(expr, &err), -EINVAL);
	assert_string_equal(err.text, error);
}

static void test_what_an_expression_may_hold(void **state)
{
	struct parse_err err;
	char error[128];
	size_t i;

	for (i = 0; i < NR(exprs); i++) {
		if (!exprs[i].error) {
			assert_int_equal(expr_check(exprs[i].expr, &err), 0);
			continue;
		}
		snprintf(error, sizeof(error),
			 "-e: %s does not belong in an expression",
			 exprs[i].error);
		assert_refused(exprs[i].expr, error);
	}
}

static void test_other_characters(void **state)
{
	assert_refused("1\n2", "-e: the character 0x0a at column 2 does not "
			       "belong in an expression");
	assert_refused("\r1", "-e: the character 0x0d at column 1 does not "
			      "belong in an expression");
	assert_refused("1 \x7f", "-e: the character 0x7f at column 3 does not "
				 "belong in an expression");
	assert_refused("d\xc3\xa9port", "-e: the character 0xc3 at column 2 "
					"does not belong in an expression");
}

static void test_lists_of_addresses(void **state)
{
	assert_refused("src(\"10.0.0.0/33\")",
		       "-e: '10.0.0.0/33' has a prefix longer than 32 bits");
	assert_refused("src(\"\")", "-e: empty list of addresses");
	assert_refused("src(\"10.0.0.1", "-e: a '\"' is not closed");
	assert_refused("src(\"; int x;\")",
		       "-e: '; int x;' is not an address (names are not "
		       "looked up)");
}

static void test_names(void **state)
{
	assert_true(expr_uses("len > 5", "len"));
	assert_true(expr_uses("payload(1) == len", "len"));
	assert_false(expr_uses("wirelen > 5", "len"));
	assert_false(expr_uses("src(\"len\")", "len"));
	assert_false(expr_uses(NULL, "len"));
}

static void test_parentheses_and_nothing(void **state)
{
	struct parse_err err;
	char deep[10002];

	assert_refused("", "-e: the expression is empty");
	assert_refused(" \t ", "-e: the expression is empty");
	assert_refused("dport == 80 && ", "-e: nothing follows the last '&'");
	assert_refused("dport ==", "-e: nothing follows the last '='");
	assert_refused("!", "-e: nothing follows the last '!'");
	assert_refused("(1", "-e: a '(' is not closed");
	assert_refused("((1)", "-e: a '(' is not closed");
	assert_refused("1)", "-e: a ')' too many");
	assert_refused("1) + (1", "-e: a ')' too many");
	memset(deep, '(', 5000);
	deep[5000] = '1';
	memset(deep + 5001, ')', 5000);
	deep[10001] = '\0';
	assert_int_equal(expr_check(deep, &err), 0);
	deep[10000] = '\0';
	assert_refused(deep, "-e: a '(' is not closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_equal_filters_give_equal_texts),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_what_an_expression_may_hold),
		cmocka_unit_test(test_lists_of_addresses),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_other_characters),
		cmocka_unit_test(test_parentheses_and_nothing),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
