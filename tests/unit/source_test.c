// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "compile/embed.h"
#include "compile/source.h"
#include "kernel/hook.h"

#define SOCKET "bpf_src/tcpsnoop_socket.c"

enum {
	IPV4 = 1,
	IPV6 = 2,
	BOTH = 4,
	PAYLOAD = 8,
	OUT = 16,
	IN = 32,
	LINK = 64,
	FRAGS = 128,
	INTERFACES = 256,
	MATCH = 512,
	BATCH = 1024,
	ALL = 2047,
};

static const char *const knob_names[] = {
	"WANT_IPV4",	   "WANT_IPV6",	 "WANT_BOTH", "WANT_PAYLOAD",
	"WANT_OUT",	   "WANT_IN",	 "WANT_LINK", "WANT_FRAGS",
	"WANT_INTERFACES", "WANT_MATCH", "WANT_BATCH"};

#define NR_KNOBS (sizeof(knob_names) / sizeof(knob_names[0]))

/* These, and what hangs on them, are off here. */
static const char *const off[] = {"WANT_OWNER", "WANT_PCAP", "WANT_EXPR",
				  "WANT_BOTH_LINKS"};

#define NR_OFF (sizeof(off) / sizeof(off[0]))

/* SOURCE with the knobs whose bits WANT has; the caller frees it. */
static char *assemble(const char *source, unsigned want)
{
	static const struct source_part parts[] = {
		{"common/options.h", "#define DIRECTION DIR_IN\n"},
		{"common/filter.h",
		 "static inline int segment_matches(const struct segment *s, "
		 "u8 dir)\n{\n\treturn 1;\n}\n"},
		{},
	};
	struct source_knob knobs[NR_KNOBS + NR_OFF + 1] = {};
	size_t i, j;

	for (i = 0; i < NR_KNOBS; i++)
		knobs[i] = (struct source_knob){knob_names[i], want >> i & 1};
	for (j = 0; j < NR_OFF; j++)
		knobs[i + j].name = off[j];
	return source_assemble(source, knobs, parts);
}

static size_t count(const char *text, const char *what)
{
	size_t nr = 0;

	while ((text = strstr(text, what))) {
		nr++;
		text += strlen(what);
	}
	return nr;
}

static void assert_count(const char *text, const char *what, size_t nr)
{
	if (count(text, what) != nr)
		fail_msg("'%s' is there %zu times, not %zu, in\n%s", what,
			 count(text, what), nr, text);
}

/* Each has something of its own that shows that it is there once. */
static const char *const marks[] = {
	" * tcpsnoop, ",		      /* the file itself */
	"struct tcp_event {",		      /* event.h */
	"#define DIRECTION DIR_IN",	      /* common/options.h */
	"struct segment {",		      /* common/tcp.h */
	"static inline int segment_matches(", /* common/filter.h */
	"BPF_PERF_OUTPUT(events);",	      /* common/account.h */
	"static inline void event_fill(",     /* common/event.h */
	"static inline void snoop(",	      /* common/snoop.h */
};

static void test_whole_with_every_set_of_knobs(void **state)
{
	char path[64];
	size_t i, k;

	for (k = 0; hooks[k / (ALL + 1)]; k++) {
		char *text;

		snprintf(path, sizeof(path), "bpf_src/tcpsnoop_%s.c",
			 hooks[k / (ALL + 1)]->name);
		text = assemble(path, k % (ALL + 1));
		assert_non_null(text);
		for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			assert_count(text, marks[i], 1);
		assert_count(text, "WANT_", 0);
		assert_count(text, "#include \"", 0);
		assert_count(text, "_H\n", 0);
		assert_count(text, "/* SPDX", 0);
		assert_count(text, "\n\n\n", 0);
		assert_count(text, "#include <linux/tcp.h>\n", 1);
		assert_count(text, "#endif\n",
			     count(text, "#if ") + count(text, "#ifdef ") +
				     count(text, "#ifndef "));
		assert_memory_equal(text, "// SPDX-License-Identifier: GPL",
				    31);
		free(text);
	}
}

static void test_no_condition_is_forgotten_here(void **state)
{
	static const char *const files[] = {
		"bpf_src/common/account.h", "bpf_src/common/batch.h",
		"bpf_src/common/event.h", "bpf_src/common/snoop.h",
		"bpf_src/common/tcp.h"};
	const struct embedded *e;
	size_t nr, i;

	for (e = embedded_files; e->path; e++) {
		nr = !strncmp(e->path, "bpf_src/tcpsnoop_", 17);
		for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			nr += !strcmp(e->path, files[i]);
		if (!nr)
			continue;
		nr = 0;
		for (i = 0; i < NR_KNOBS; i++) {
			/* WANT_IN is not WANT_INTERFACES. */
			char line[32];

			snprintf(line, sizeof(line), "%s\n", knob_names[i]);
			nr += count(e->text, line);
		}
		for (i = 0; i < NR_OFF; i++) {
			char line[32];

			snprintf(line, sizeof(line), "%s\n", off[i]);
			nr += count(e->text, line);
		}
		assert_int_equal(count(e->text, "WANT_"), nr);
	}
}

/* What only one family, direction or option needs. */
static const struct {
	unsigned knob;
	const char *text;
} owned[] = {
	{IPV4, "int ipv4_parse("},
	{IPV4, "htons(ETH_P_IP)"},
	{IPV4, "s->ip4.saddr;"},
	{IPV4, "ev->ttl = s->ip4.ttl;"},
	{IPV6, "int ipv6_parse("},
	{IPV6, "u32 ipv6_find_tcp("},
	{IPV6, "htons(ETH_P_IPV6)"},
	{IPV6, "s->ip6.hop_limit;"},
	{BOTH, "a.ifindex == LOOPBACK_IFINDEX"},
	{PAYLOAD, "PAYLOAD_MAX"},
	{PAYLOAD, "perf_submit_skb("},
	{PAYLOAD, "ev->payload_off = "},
};

static void test_only_what_was_asked_for(void **state)
{
	unsigned want;
	size_t i;

	for (want = 0; want <= ALL; want++) {
		char *text = assemble(SOCKET, want);

		for (i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
			if (!strstr(text, owned[i].text) ==
			    !!(want & owned[i].knob))
				fail_msg("knobs %u: '%s'", want, owned[i].text);
		assert_count(text, "dir != DIRECTION", !(want & BOTH));
		assert_count(text, "events.perf_submit(",
			     !(want & PAYLOAD) + !!(want & BATCH));
		assert_count(text, "int events_flush(", !!(want & BATCH));
		free(text);
	}
}

/* The first knob is on, the second off. */
static const struct {
	const char *in, *out;
} cases[] = {
	{"a\n", "a\n"},
	{"a", "a\n"},
	{"", ""},
	{"#if ON\na\n#endif\n", "a\n"},
	{"#if OFF\na\n#endif\n", ""},
	{"#if !ON\na\n#endif\nb\n", "b\n"},
	{"#if !OFF\na\n#endif\nb\n", "a\nb\n"},
	{"#if ON\na\n#else\nb\n#endif\n", "a\n"},
	{"#if OFF\na\n#else\nb\n#endif\n", "b\n"},
	{"#if ON\n#if OFF\na\n#else\nb\n#endif\nc\n#endif\n", "b\nc\n"},
	{"#if OFF\n#if ON\na\n#else\nb\n#endif\nc\n#else\nd\n#endif\n", "d\n"},
	{"#if OFF\n#if OFF\na\n#else\nb\n#endif\n#endif\n", ""},
	{"#if ON\n#if ON\na\n#endif\n#else\n#if ON\nb\n#endif\n#endif\n",
	 "a\n"},
	/* Not ours to settle. */
	{"#if X\na\n#else\nb\n#endif\n", "#if X\na\n#else\nb\n#endif\n"},
	{"#if ONE\na\n#endif\n", "#if ONE\na\n#endif\n"},
	{"#if ON && X\na\n#endif\n", "#if ON && X\na\n#endif\n"},
	{"#if !OFF || X\na\n#endif\n", "#if !OFF || X\na\n#endif\n"},
	{"#ifdef ON\na\n#endif\n", "#ifdef ON\na\n#endif\n"},
	{"#ifndef ON\na\n#endif\n", "#ifndef ON\na\n#endif\n"},
	{"#if X\n#if OFF\na\n#endif\nb\n#endif\n", "#if X\nb\n#endif\n"},
	{"#if X\n#if ON\na\n#endif\n#else\nb\n#endif\n",
	 "#if X\na\n#else\nb\n#endif\n"},
	{"#if OFF\n#ifdef X\na\n#else\nb\n#endif\n#endif\nc\n", "c\n"},
	{"#if OFF\n#include \"nowhere.h\"\n#endif\na\n", "a\n"},
	/* Include guards, also around others. */
	{"#ifndef A_H\n#define A_H\n\na\n#endif\n", "a\n"},
	{"#ifndef N\n#define N 1\n#endif\na\n",
	 "#ifndef N\n#define N 1\n#endif\na\n"},
	{"#ifndef A_H\n#define A_H\n#ifndef N\na\n#endif\nb\n#endif\n",
	 "#ifndef N\na\n#endif\nb\n"},
	/* Parts and files, each once; blank lines are not piled up. */
	{"#include \"one.h\"\n#include \"one.h\"\nb\n", "one\nb\n"},
	{"#include \"two.h\"\n#include \"one.h\"\n", "two\none\ntwo\n"},
	{"#include <one.h>\n", "#include <one.h>\n"},
	{"#if ON\n#include \"one.h\"\n#endif\n", "one\n"},
	{"a\n\n#if OFF\nb\n#endif\n\nc\n", "a\n\nc\n"},
	{"a\n\n\n\nb\n", "a\n\nb\n"},
};

static unsigned nr_before; /* lines in front of the next */

/* What becomes of IN, put in place of one file of the source; or NULL. */
static char *assemble_one(const char *in)
{
	static const struct source_knob knobs[] = {
		{"ON", true}, {"OFF", false}, {}};
	struct source_part parts[] = {
		{"common/options.h", ""},
		{"common/tcp.h", ""},
		{"common/filter.h", ""},
		{"common/account.h", ""},
		{"common/event.h", ""},
		{"common/frame.h", ""},
		{"common/expr_help.h", ""},
		{"common/expr.h", ""},
		{"one.h", "one\n"},
		{"two.h", "two\n#include \"one.h\"\ntwo\n"},
		{"event.h", NULL},
		{},
	};
	char *text, *whole, *end;

	assert_true(asprintf(&whole, "<<<\n%s\n>>>\n", in) > 0);
	parts[7].text = whole;
	text = source_assemble(SOCKET, knobs, parts);
	free(whole);
	if (!text)
		return NULL;
	whole = strstr(text, "<<<\n");
	for (nr_before = 1, end = text; end < whole; end++)
		nr_before += *end == '\n';
	end = whole ? strstr(whole, ">>>\n") : NULL;
	assert_non_null(end);
	/* The blank line that was added is not the text's. */
	if (end[-1] == '\n' && end[-2] == '\n')
		end--;
	*end = '\0';
	whole += 4;
	whole += *whole == '\n';
	memmove(text, whole, end - whole + 1);
	return text;
}

static void test_conditions_and_parts(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = assemble_one(cases[i].in);

		assert_non_null(text);
		assert_string_equal(text, cases[i].out);
		free(text);
	}
}

/* The number of the text's own line, whatever was included before it. */
static void test_line_numbers(void **state)
{
	char *text = assemble_one("#include \"two.h\"\n"
				  "#line 1 \"filter\"\n"
				  "a\n"
				  "#line 0 \"tcpsnoop.c\"\n"
				  "b\n"
				  "#line 0 \"tcpsnoop.c\"\n"
				  "c\n");
	char expected[256];

	assert_non_null(text);
	assert_true(nr_before > 10);
	snprintf(expected, sizeof(expected),
		 "two\none\ntwo\n"
		 "#line 1 \"filter\"\n"
		 "a\n"
		 "#line %u \"tcpsnoop.c\"\n"
		 "b\n"
		 "#line %u \"tcpsnoop.c\"\n"
		 "c\n",
		 nr_before + 7, nr_before + 9);
	assert_string_equal(text, expected);
	free(text);
}

#define SIX_TIMES(text) text text text text text text

static const char *const broken[] = {
	"#include \"nowhere.h\"\n",
	"#if ON\n",
	"#if X\na\n",
	"#ifndef A_H\n",
	SIX_TIMES("#if X\n") SIX_TIMES("#if X\n") SIX_TIMES("#if X\n"),
};

static void test_mistakes_give_no_text(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		assert_null(assemble_one(broken[i]));
	assert_null(source_assemble("bpf_src/nowhere.c", NULL, NULL));
	/* Its parts do not exist as files. */
	assert_null(source_assemble(SOCKET, NULL, NULL));
}

static char place[] = "/tmp/source_test.XXXXXX";

/* Whatever is wrong with a file of the user's is said, and is not waited for. */
static void refuses(const char *name, size_t err_size, const char *want)
{
	char err[512];

	assert_null(source_read(name, err, err_size));
	assert_string_equal(err, want);
}

static void put(const char *name, const char *bytes, size_t size)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void test_files_that_are_no_program(void **state)
{
	put("empty.c", "", 0);
	put("binary.c", "int \0x;", 7);
	put("long.c", "", 0);
	assert_int_equal(truncate("long.c", SOURCE_MAX + 1), 0);
	assert_int_equal(mkfifo("fifo.c", 0600), 0);
	refuses("none.c", 256,
		"cannot use the program none.c: No such file or directory");
	refuses(".", 256, "cannot use the program .: it is a directory");
	refuses("fifo.c", 256,
		"cannot use the program fifo.c: it is not a regular file");
	refuses("/dev/zero", 256,
		"cannot use the program /dev/zero: it is not a regular file");
	refuses("empty.c", 256, "cannot use the program empty.c: it is empty");
	refuses("binary.c", 256,
		"cannot use the program binary.c: it is no text");
	refuses("long.c", 256,
		"cannot use the program long.c: it is longer than 1 MiB");
}

/* The cause stands at the end, where a long path must not push it out. */
static void test_the_cause_is_never_cut_off(void **state)
{
	refuses("/nowhere/a/program.c", 71,
		"cannot use the program /nowhere/a/program.c: "
		"No such file or directory");
	refuses("/nowhere/a/program.c", 70,
		"cannot use the program ...here/a/program.c: "
		"No such file or directory");
	refuses("/nowhere/a/program.c", 60,
		"cannot use the program ...gram.c: "
		"No such file or directory");
}

static void test_the_longest_program(void **state)
{
	char *text, err[64];
	char *bytes = malloc(SOURCE_MAX);

	memset(bytes, ' ', SOURCE_MAX);
	put("longest.c", bytes, SOURCE_MAX);
	text = source_read("longest.c", err, sizeof(err));
	assert_non_null(text);
	assert_int_equal(strlen(text), SOURCE_MAX);
	free(text);
	free(bytes);
}

static int files_make(void **state)
{
	return mkdtemp(place) ? chdir(place) : -1;
}

static int files_remove(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", place);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_with_every_set_of_knobs),
		cmocka_unit_test(test_no_condition_is_forgotten_here),
		cmocka_unit_test(test_only_what_was_asked_for),
		cmocka_unit_test(test_conditions_and_parts),
		cmocka_unit_test(test_line_numbers),
		cmocka_unit_test(test_mistakes_give_no_text),
		cmocka_unit_test(test_files_that_are_no_program),
		cmocka_unit_test(test_the_cause_is_never_cut_off),
		cmocka_unit_test(test_the_longest_program),
	};

	return cmocka_run_group_tests_name("source", tests, files_make,
					   files_remove);
}
