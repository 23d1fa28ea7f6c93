// SPDX-License-Identifier: GPL-2.0
/*
 * The parsers of the command line: the first byte picks one, the rest is its
 * argument, or for opt_parse() the words of a command line, one a line.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/parse.h"
#include "base/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_true)
{
	if (!is_true)
		abort();
}

/* A failure has a sentence that a terminal shows on one line, whole. */
static void check_result(int ret, const struct parse_err *err)
{
	size_t i, len = strnlen(err->text, sizeof(err->text));

	check(ret == 0 || ret == -EINVAL || ret == -ENOMEM);
	if (ret != -EINVAL)
		return;
	check(len > 0 && len < sizeof(err->text) - 1);
	for (i = 0; i < len; i++)
		check(!iscntrl((unsigned char)err->text[i]));
}

static void check_set(const struct range_set *set, u128 max)
{
	size_t i;

	for (i = 0; i < set->nr; i++) {
		check(set->r[i].first <= set->r[i].last);
		check(set->r[i].last <= max);
		check(range_set_has(set, set->r[i].first));
		check(range_set_has(set, set->r[i].last));
		if (!i)
			continue;
		check(set->r[i - 1].last + 1 < set->r[i].first);
		check(!range_set_has(set, set->r[i].first - 1));
	}
}

static void fuzz_ports(char *s)
{
	struct range_set set = {0};
	struct parse_err err = {""};
	int ret = parse_ports(s, &set, &err);

	check_result(ret, &err);
	check_set(&set, UINT16_MAX);
	check(ret || set.nr > 0);
	range_set_free(&set);
}

static void fuzz_addrs(char *s)
{
	struct addr_set set = {0};
	struct parse_err err = {""};
	int ret = parse_addrs(s, &set, &err);

	check_result(ret, &err);
	check_set(&set.v4, UINT32_MAX);
	check_set(&set.v6, ~(u128)0);
	check(ret || set.v4.nr + set.v6.nr > 0);
	addr_set_free(&set);
}

static void fuzz_flags(char *s)
{
	struct flag_match match = {0};
	struct parse_err err = {""};
	int ret = parse_flags(s, &match, &err);

	check_result(ret, &err);
	check((match.value & ~match.mask) == 0);
	check(match.mask <= 0x1ff);
	check(ret || match.mask);
}

static void fuzz_seconds(char *s)
{
	struct parse_err err = {""};
	uint64_t ns = 0;
	int ret = parse_seconds(s, &ns, &err);

	check_result(ret, &err);
	check(ret ? !ns : ns >= 1000000 && ns <= 1000000000000000000);
}

static void fuzz_u64(char *s)
{
	struct parse_err err = {""};
	uint64_t v = 0;
	int ret = parse_u64(s, 3, UINT64_MAX - 3, &v, &err);

	check_result(ret, &err);
	check(ret ? !v : v >= 3 && v <= UINT64_MAX - 3);
	/* strtoull(3) agrees where it does not skip blanks and signs */
	if (!ret)
		check(strtoull(s, NULL, 10) == v);
}

struct options {
	struct range_set ports;
	struct addr_set hosts;
	struct flag_match flags;
	uint64_t count, span_ns;
	uint32_t pages;
	int direction;
	const char *expr;
	bool is_quiet;
};

static const char *const directions[] = {"in", "out", "both", NULL};

static const struct opt table[] = {
	OPT(struct options, ports, 'p', "port", "LIST", opt_ports),
	OPT(struct options, hosts, 'H', "host", "LIST", opt_addrs),
	OPT(struct options, flags, 'f', "flags", "LIST", opt_flags),
	OPT(struct options, count, 'c', "count", "N", opt_u64, .min = 1),
	OPT(struct options, span_ns, 'd', "duration", "SECONDS", opt_seconds),
	OPT(struct options, pages, 0, "pages", "N", opt_u32, .max = 1024),
	OPT(struct options, direction, 'D', "direction", "DIR", opt_choice,
	    .choices = directions),
	OPT(struct options, expr, 'e', "expr", "EXPR", opt_string),
	OPT(struct options, is_quiet, 'q', "quiet", NULL, opt_true),
	OPT_END};

static void fuzz_command_line(char *s)
{
	char *argv[32] = {"tool"}, *word;
	struct options options = {0};
	struct parse_err err = {""};
	int argc = 1, ret;

	while (argc < 32 && (word = strsep(&s, "\n")))
		argv[argc++] = word;
	ret = opt_parse(table, argc, argv, &options, &err);
	check(ret <= argc && ret != 0);
	check_result(ret > 0 ? 0 : ret, &err);
	check_set(&options.ports, UINT16_MAX);
	check(options.pages <= 1024);
	check(options.direction >= 0 && options.direction <= 2);
	range_set_free(&options.ports);
	addr_set_free(&options.hosts);
}

static void (*const parsers[])(char *s) = {
	fuzz_ports,   fuzz_addrs, fuzz_flags,
	fuzz_seconds, fuzz_u64,	  fuzz_command_line,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s;

	if (!size)
		return 0;
	/* a copy of the exact size, so that ASan sees a read behind it */
	s = strndup((const char *)data + 1, size - 1);
	check(s);
	parsers[data[0] % (sizeof(parsers) / sizeof(parsers[0]))](s);
	free(s);
	return 0;
}
