// SPDX-License-Identifier: GPL-2.0
/* Maps that user space looks for by name: each program declares its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "compile/embed.h"
#include "maps.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* The programs whose path starts so declare the map. */
static const struct {
	const char *programs, *map;
} wanted[] = {
	{"bpf_src/tcp", MAP_EVENTS},
	{"bpf_src/tcp", MAP_STATS},
	{"bpf_src/tcpsnoop_", MAP_BATCH},
	{"bpf_src/tcpsnoop_", MAP_OWNERS},
	{"bpf_src/tcpsnoop_", MAP_OWNER_MAPS},
	{"bpf_src/tcpsnoop_", MAP_OWNER_WANTED},
	{"bpf_src/tcpwhy_", MAP_ATTEMPTS},
	{"bpf_src/owner.c", MAP_OWNERS},
	{"bpf_src/owner.c", MAP_OWNER_MAPS},
	{"bpf_src/owner.c", MAP_OWNER_SHARED},
	{"bpf_src/owner.c", MAP_OWNER_ENDED},
	{"bpf_src/owner.c", MAP_OWNER_SCOPE},
	{"bpf_src/owner.c", MAP_OWNER_CGROUP},
	{"bpf_src/owner.c", MAP_OWNER_WANTED},
};

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Whether one of the arguments of the macro call at CALL is NAME. */
static bool has_argument(const char *call, const char *name)
{
	const char *p = strchr(call, '('), *end = strstr(call, ");\n");
	size_t len = strlen(name);

	while (p && end && p < end) {
		p += 1 + strspn(p + 1, " \t\n");
		if (starts_with(p, name) && (p[len] == ',' || p[len] == ')'))
			return true;
		p = strpbrk(p, ",)");
	}
	return false;
}

/* TEXT itself, without what it includes. */
static bool declares(const char *text, const char *map)
{
	const char *line = text;

	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (starts_with(line, "BPF_") && has_argument(line, map))
			return true;
	}
	return false;
}

/* The file that a program includes as NAME; NULL for one of its parts. */
static const struct embedded *file_find(const char *name, size_t len)
{
	static const char *const places[] = {"bpf_src/", "include/"};
	const struct embedded *e;
	size_t i;

	for (i = 0; i < NR(places); i++)
		for (e = embedded_files; e->path; e++)
			if (starts_with(e->path, places[i]) &&
			    strlen(e->path + strlen(places[i])) == len &&
			    !memcmp(e->path + strlen(places[i]), name, len))
				return e;
	return NULL;
}

/* TEXT or anything that it includes. */
static bool declares_at_last(const char *text, const char *map)
{
	static const char include[] = "\n#include \"";
	const struct embedded *e;
	const char *name = text;

	if (declares(text, map))
		return true;
	while ((name = strstr(name, include))) {
		name += strlen(include);
		e = file_find(name, strcspn(name, "\""));
		if (e && declares_at_last(e->text, map))
			return true;
	}
	return false;
}

static bool is_program(const char *path)
{
	size_t len = strlen(path);

	return starts_with(path, "bpf_src/") && !strcmp(path + len - 2, ".c");
}

static void test_programs_declare_them(void **state)
{
	const struct embedded *e;
	size_t i, nr;

	for (i = 0; i < NR(wanted); i++) {
		nr = 0;
		for (e = embedded_files; e->path; e++) {
			if (!is_program(e->path) ||
			    !starts_with(e->path, wanted[i].programs))
				continue;
			nr++;
			if (!declares_at_last(e->text, wanted[i].map))
				fail_msg("%s does not declare the map %s",
					 e->path, wanted[i].map);
		}
		if (!nr)
			fail_msg("no program is a %s", wanted[i].programs);
	}
}

/* A new name in the list must have a program that declares the map. */
static void test_each_name_is_looked_for_here(void **state)
{
	static const char define[] = "\n#define MAP_";
	const struct embedded *e = file_find("maps.h", strlen("maps.h"));
	const char *line, *name;
	size_t i, len;

	assert_non_null(e);
	for (line = e->text; (line = strstr(line, define)); line = name) {
		name = strchr(line + 1, '"') + 1;
		len = strcspn(name, "\"");
		for (i = 0; i < NR(wanted); i++)
			if (strlen(wanted[i].map) == len &&
			    !memcmp(wanted[i].map, name, len))
				break;
		if (i == NR(wanted))
			fail_msg("nobody declares %.*s", (int)len, name);
	}
}

/* The test above must be able to fail. */
static void test_what_declares_a_map(void **state)
{
	assert_true(declares("BPF_PERF_OUTPUT(events);\n", "events"));
	assert_true(declares("a\nBPF_ARRAY(stats, u64, 1);\n", "stats"));
	assert_true(declares("BPF_TABLE(\"hash\", u64,\n\t  u64, last);\n",
			     "last"));
	assert_false(declares("BPF_ARRAY(stats, u64, 1);\n", "stat"));
	assert_false(declares("BPF_ARRAY(stats, u64, 1);\n", "stats_"));
	assert_false(declares("/* BPF_ARRAY(stats, u64, 1);\n", "stats"));
	assert_false(declares("BPF_ARRAY(a, u64, 1);\nf(stats);\n", "stats"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_declares_a_map),
		cmocka_unit_test(test_programs_declare_them),
		cmocka_unit_test(test_each_name_is_looked_for_here),
	};

	return cmocka_run_group_tests_name("maps", tests, NULL, NULL);
}
