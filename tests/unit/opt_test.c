// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/opt.h"
#include "event.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

struct options {
	struct range_set ports;
	struct addr_set hosts;
	struct flag_match flags;
	uint64_t count, span_ns;
	uint32_t pages;
	int direction, output;
	const char *expr, *file, *ifname;
	bool is_quiet, is_verbose, want_check;
};

static const char *const directions[] = {"in", "out", "both", NULL};

static const char *output_name(size_t nr, const char **what)
{
	static const char *const names[] = {"text", "json", NULL};

	if (what)
		*what = nr == 1 ? "an object a line" : NULL;
	return names[nr];
}

static const struct opt table[] = {
	OPT(struct options, ports, 'p', "port", "LIST", opt_ports,
	    .help = "local port(s): 80, 80,443 or 8000-8100"),
	OPT(struct options, hosts, 'H', "host", "LIST", opt_addrs,
	    .help = "address or prefix at either end"),
	OPT(struct options, flags, 'f', "flags", "LIST", opt_flags,
	    .help = "TCP flags that a segment must have or, behind a '!', must "
		    "not have: syn,!ack",
	    .more = ".TH is harmless here.\n'One' sentence\\two."),
	OPT(struct options, ifname, 'i', "interface", "NAME", opt_string,
	    .help = "one interface", .complete = "interface"),
	OPT(struct options, direction, 'D', "direction", "DIR", opt_choice,
	    .help = "in, out or both", .choices = directions),
	OPT(struct options, output, 'o', "output", "FORMAT", opt_choice,
	    .help = "output format", .object = output_name),
	OPT(struct options, expr, 'e', "expr", "EXPR", opt_string,
	    .help = "C expression"),
	OPT(struct options, count, 'c', "count", "N", opt_u64,
	    .help = "stop after N", .min = 1),
	OPT(struct options, span_ns, 'd', "duration", "SECONDS", opt_seconds,
	    .help = "stop after that time"),
	OPT(struct options, pages, 0, "pages", "N", opt_u32, .help = "pages",
	    .min = 1, .max = 1024),
	OPT(struct options, file, 0, "a-quite-long-option-name", "FILE",
	    opt_string, .help = "a file", .complete = "file"),
	OPT(struct options, want_check, 0, "check", NULL, opt_true,
	    .help = "say what this machine can do"),
	OPT(struct options, is_quiet, 'q', "quiet", NULL, opt_true,
	    .help = "no talk"),
	OPT(struct options, is_verbose, 'v', "verbose", NULL, opt_true,
	    .help = "more talk"),
	OPT_END};

static struct options options;
static struct parse_err err;

/* Parse LINE, cut at its blanks ("_" stands for an empty word). */
static int parse(const char *line)
{
	static char words[1024];
	char *argv[32] = {"tool"}, *p = words, *word;
	int argc = 1;

	range_set_free(&options.ports);
	addr_set_free(&options.hosts);
	memset(&options, 0, sizeof(options));
	memset(&err, 0, sizeof(err));
	strncpy(words, line, sizeof(words) - 1);
	while ((word = strsep(&p, " ")) && *word)
		argv[argc++] = strcmp(word, "_") ? word : "";
	return opt_parse(table, argc, argv, &options, &err);
}

static const struct {
	const char *line;
	const char *error;
} wrong[] = {
	{"-p 80abc", "-p 80abc: '80abc' is not a port (0-65535)"},
	{"-p80abc", "-p 80abc: '80abc' is not a port (0-65535)"},
	{"--port=80abc", "--port 80abc: '80abc' is not a port (0-65535)"},
	{"--port 80abc", "--port 80abc: '80abc' is not a port (0-65535)"},
	{"-p 90-80", "-p 90-80: the range '90-80' runs backwards"},
	{"-p -q", "-p -q: '-q' is not a port (0-65535)"},
	{"-p _", "-p: empty list of ports"},
	{"--port=", "--port: empty list of ports"},
	{"-p 80,,443", "-p 80,,443: empty port in '80,,443'"},
	{"-p", "-p needs a LIST"},
	{"-qp", "-p needs a LIST"},
	{"--port", "--port needs a LIST"},
	{"-e", "-e needs an EXPR"},
	{"-e _", "-e: empty EXPR"},
	{"-H 10.0.0.0/33",
	 "-H 10.0.0.0/33: '10.0.0.0/33' has a prefix longer than 32 bits"},
	{"-D up", "-D up: 'up' is not one of in, out, both"},
	{"-D _", "-D: empty DIR (one of in, out, both)"},
	{"-o xml", "-o xml: 'xml' is not one of text, json"},
	{"-o _", "-o: empty FORMAT (one of text, json)"},
	{"-D IN", "-D IN: 'IN' is not one of in, out, both"},
	{"-c 0", "-c 0: '0' is out of range (1 or more)"},
	{"--pages 1025", "--pages 1025: '1025' is out of range (1-1024)"},
	{"-d 0", "-d 0: '0' seconds is out of range (0.001-1000000000)"},
	{"-f syn -f !syn", "-f !syn: 'syn' is wanted both set and not set"},
	{"-Z", "unknown option '-Z'"},
	{"-qZ", "unknown option '-Z'"},
	{"-\xc3\xa9", "unknown option '-\xc3\xa9'"},
	{"-5\x81\x81\x81\x81", "unknown option '-5\x81\x81\x81'"},
	{"-\033", "unknown option '-?'"},
	{"--prot", "unknown option '--prot' (did you mean '--port'?)"},
	{"--prot=80", "unknown option '--prot' (did you mean '--port'?)"},
	{"--dur", "unknown option '--dur' (did you mean '--duration'?)"},
	{"--chekc", "unknown option '--chekc' (did you mean '--check'?)"},
	{"--ports", "unknown option '--ports' (did you mean '--port'?)"},
	{"--syn", "unknown option '--syn'"},
	{"--cast", "unknown option '--cast'"},
	{"---port", "unknown option '---port' (did you mean '--port'?)"},
	{"--=80", "unknown option '--'"},
	{"--quiet=yes", "--quiet takes no value"},
	{"--quiet=", "--quiet takes no value"},
	{"--a\nb", "unknown option '--a?b'"},
};

static void test_what_is_wrong(void **state)
{
	size_t i;

	for (i = 0; i < NR(wrong); i++) {
		assert_int_equal(parse(wrong[i].line), -EINVAL);
		assert_string_equal(err.text, wrong[i].error);
	}
}

static const struct {
	const char *line;
	int next;
} right[] = {
	{"", 1},
	{"-p 80 -q", 4},
	{"-p80 -q", 3},
	{"--port=80 --quiet", 3},
	{"--port 80 --quiet", 4},
	{"-qp80", 2},
	{"-qp 80", 3},
	{"-vqp 80 port -v", 3},
	{"-q -p 80 -- -v", 5},
	{"-qp80 - -v", 2},
};

static void test_forms_and_where_they_end(void **state)
{
	size_t i;

	for (i = 0; i < NR(right); i++) {
		assert_int_equal(parse(right[i].line), right[i].next);
		assert_int_equal(options.is_quiet, i > 0);
		assert_int_equal(options.ports.nr, i > 0);
		assert_int_equal(range_set_has(&options.ports, 80), i > 0);
		assert_int_equal(options.is_verbose,
				 !strncmp(right[i].line, "-v", 2));
	}
}

static void test_every_kind_of_value(void **state)
{
	assert_int_equal(
		parse("-p 80 -H ::1 -f syn,!ack -i eth0 -D both -e a=b "
		      "-c 18446744073709551615 -d 0.25 --pages 64 "
		      "--expr=c=d --check"),
		21);
	assert_true(options.hosts.v6.r[0].first == 1);
	assert_int_equal(options.flags.mask, TCP_SYN | TCP_ACK);
	assert_int_equal(options.flags.value, TCP_SYN);
	assert_string_equal(options.ifname, "eth0");
	assert_int_equal(options.direction, 2);
	assert_string_equal(options.expr, "c=d");
	assert_int_equal(options.count, UINT64_MAX);
	assert_int_equal(options.span_ns, 250000000);
	assert_int_equal(options.pages, 64);
	assert_true(options.want_check);
	assert_false(options.is_quiet);
}

static void test_repeating(void **state)
{
	assert_int_equal(parse("-p 80 -p 443 -f syn -f !ack -c 1 -c 2 -D in "
			       "-D out"),
			 17);
	assert_int_equal(options.ports.nr, 2);
	assert_int_equal(options.flags.mask, TCP_SYN | TCP_ACK);
	assert_int_equal(options.flags.value, TCP_SYN);
	assert_int_equal(options.count, 2);
	assert_int_equal(options.direction, 1);
}

/* A sentence stays whole behind a long argument. */
static void test_long_argument(void **state)
{
	char line[600] = "--port ";

	memset(line + 7, '9', 500);
	assert_int_equal(parse(line), -EINVAL);
	assert_int_equal(strlen(err.text), strlen("--port : '' is not a port "
						  "(0-65535)") +
						   2 * 63);
	assert_non_null(strstr(err.text, "...' is not a port (0-65535)"));
	memset(line + 2, '9', 500);
	assert_int_equal(parse(line), -EINVAL);
	assert_non_null(strstr(err.text, "unknown option '--999999"));
	assert_non_null(strstr(err.text, "999...'"));
}

static const struct opt_help help = {
	.synopsis = "[OPTION]... [PCAP-FILTER]",
	.purpose = "Shows incoming TCP segments, one a line, with what the "
		   "kernel knows about each of them.",
	.examples = "tcpsnoop-c -p 80      # what arrives at port 80\n"
		    "tcpsnoop-c -f syn     # new connections\n",
};

static const char help_text[] =
	"Usage: tcpsnoop-c [OPTION]... [PCAP-FILTER]\n"
	"Shows incoming TCP segments, one a line, with what the kernel knows "
	"about each\n"
	"of them.\n"
	"\n"
	"  -p, --port LIST         local port(s): 80, 80,443 or 8000-8100\n"
	"  -H, --host LIST         address or prefix at either end\n"
	"  -f, --flags LIST        TCP flags that a segment must have or, "
	"behind a '!',\n"
	"                          must not have: syn,!ack\n"
	"  -i, --interface NAME    one interface\n"
	"  -D, --direction DIR     in, out or both\n"
	"  -o, --output FORMAT     output format: text (default), json (an object "
	"a line)\n"
	"  -e, --expr EXPR         C expression\n"
	"  -c, --count N           stop after N\n"
	"  -d, --duration SECONDS  stop after that time\n"
	"      --pages N           pages\n"
	"      --a-quite-long-option-name FILE\n"
	"                          a file\n"
	"      --check             say what this machine can do\n"
	"  -q, --quiet             no talk\n"
	"  -v, --verbose           more talk\n"
	"\n"
	"EXAMPLES\n"
	"  tcpsnoop-c -p 80      # what arrives at port 80\n"
	"  tcpsnoop-c -f syn     # new connections\n";

static void test_help(void **state)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	opt_print_help(f, "tcpsnoop-c", table, &help);
	fclose(f);
	assert_string_equal(text, help_text);
	free(text);
}

static const char man_text[] =
	".TP\n"
	"\\fB\\-f\\fR, \\fB\\-\\-flags\\fR \\fILIST\\fR\n"
	"TCP flags that a segment must have or, behind a \\(aq!\\(aq, must not "
	"have: syn,!ack.\n"
	"\\&.TH is harmless here.\n"
	"\\(aqOne\\(aq sentence\\etwo.\n"
	".TP\n"
	"\\fB\\-i\\fR, \\fB\\-\\-interface\\fR \\fINAME\\fR\n"
	"One interface.\n";

static void test_man(void **state)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	struct opt two[3] = {table[2], table[3], OPT_END};

	opt_print_man(f, two);
	fclose(f);
	assert_string_equal(text, man_text);
	free(text);
}

/* Run by the bash that is installed: words of a command line to candidates. */
static void assert_completes(const char *words, const char *expected)
{
	char got[512] = "", *script;
	size_t size;
	FILE *f = open_memstream(&script, &size);

	opt_print_completion(f, "tcpsnoop-c", table);
	fprintf(f,
		"compopt() { :; }\n" /* works only inside a completion */
		"COMP_WORDS=(tcpsnoop-c %s)\n"
		"COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
		"_tcpsnoop_c\n"
		"echo \"${COMPREPLY[*]}\"\n",
		words);
	fclose(f);
	setenv("SCRIPT", script, 1);
	free(script);
	f = popen("bash -c \"$SCRIPT\" 2>&1", "r");
	assert_non_null(f);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	assert_int_equal(pclose(f), 0);
	assert_string_equal(got, expected);
}

static void test_completion(void **state)
{
	assert_completes("--d", "--direction --duration\n");
	assert_completes("-D ''", "in out both\n");
	assert_completes("--direction = o", "out\n");
	assert_completes("--direction =", "in out both\n");
	assert_completes("-o ''", "text json\n");
	assert_completes("-i l", "lo\n");
	assert_completes("--a-quite-long-option-name /proc/self/statu",
			 "/proc/self/status\n");
	assert_completes("-p -", "\n");
	assert_completes("port", "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_wrong),
		cmocka_unit_test(test_forms_and_where_they_end),
		cmocka_unit_test(test_every_kind_of_value),
		cmocka_unit_test(test_repeating),
		cmocka_unit_test(test_long_argument),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_man),
		cmocka_unit_test(test_completion),
	};
	int ret = cmocka_run_group_tests_name("opt", tests, NULL, NULL);

	range_set_free(&options.ports);
	addr_set_free(&options.hosts);
	return ret;
}
