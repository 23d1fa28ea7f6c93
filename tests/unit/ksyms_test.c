// SPDX-License-Identifier: GPL-2.0
/* From addresses to functions, by lines as in /proc/kallsyms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "kernel/ksym_table.h"
#include "kernel/ksyms.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *line, *name; /* NULL: it is not of a function */
	uint64_t start;
} lines[] = {
	{"ffffffff81000000 T _text\n", "_text", 0xffffffff81000000},
	{"ffffffff81000010 t local\n", "local", 0xffffffff81000010},
	{"ffffffff81000020 W weak\n", "weak", 0xffffffff81000020},
	{"ffffffff81000030 w weak_local\n", "weak_local", 0xffffffff81000030},
	{"ffffffffc0000040 t nf_hook\t[nf_tables]\n", "nf_hook",
	 0xffffffffc0000040},
	{"ffffffffc0000050 t spaced [nf_tables]\n", "spaced",
	 0xffffffffc0000050},
	{"ffffffff81000060 t no_line_end", "no_line_end", 0xffffffff81000060},
	/* Hidden by kernel.kptr_restrict. */
	{"0000000000000000 T _text\n", "_text", 0},
	/* Data, and what is no line of that file. */
	{"ffffffff82000000 D jiffies\n", NULL, 0},
	{"ffffffff82000000 b bss\n", NULL, 0},
	{"ffffffff82000000 V weak_object\n", NULL, 0},
	{"ffffffff81000000  _text\n", NULL, 0},
	{"ffffffff81000000 T\n", NULL, 0},
	{"ffffffff81000000 T \n", NULL, 0},
	{"ffffffff81000000 Tt _text\n", NULL, 0},
	{"ffffffff81000000 T\t_text\n", NULL, 0},
	{"ffffffff81000000\tT _text\n", NULL, 0},
	{"ffffffff81000000", NULL, 0},
	{"ffffffff81000000 ", NULL, 0},
	{"_text T\n", NULL, 0},
	{"\n", NULL, 0},
	{"", NULL, 0},
};

static void test_lines(void **state)
{
	char line[64], *name;
	uint64_t start;
	size_t i;

	for (i = 0; i < NR(lines); i++) {
		strcpy(line, lines[i].line);
		name = ksym_parse(line, &start);
		if (!lines[i].name) {
			assert_null(name);
			continue;
		}
		assert_non_null(name);
		assert_string_equal(name, lines[i].name);
		assert_int_equal(start, lines[i].start);
	}
}

static char path[] = "/tmp/ksyms_test.XXXXXX";

/* Those of modules come after the kernel's, and not in order. */
static int make_file(void **state)
{
	static const char text[] = "ffffffff81000000 T first\n"
				   "ffffffff81000100 t second\n"
				   "ffffffff81000180 d data\n"
				   "ffffffffc0002000 t later\t[b]\n"
				   "ffffffffc0001000 t earlier\t[a]\n";
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		return -1;
	return close(fd);
}

static int remove_file(void **state)
{
	return unlink(path);
}

static const struct {
	uint64_t addr;
	const char *name; /* NULL: in no function */
} places[] = {
	{0xffffffff81000000, "first"},
	{0xffffffff810000ff, "first"},
	{0xffffffff81000100, "second"},
	{0xffffffff810001ff, "second"}, /* data is not looked at */
	{0xffffffff81000100 + KSYM_MAX, "second"},
	{0xffffffff81000101 + KSYM_MAX, NULL},
	{0xffffffffc0001000, "earlier"},
	{0xffffffffc0001fff, "earlier"},
	{0xffffffffc0002000, "later"},
	{0xffffffff80ffffff, NULL},
	{0, NULL},
	{UINT64_MAX, NULL},
};

static void test_one_at_a_time(void **state)
{
	struct ksyms *k = ksyms_new(path);
	const struct ksym *sym;
	size_t i;

	assert_non_null(k);
	for (i = 0; i < 2 * NR(places); i++) {
		const char *name = places[i % NR(places)].name;

		sym = ksyms_find(k, places[i % NR(places)].addr);
		if (!name)
			assert_null(sym);
		else
			assert_string_equal(sym->name, name);
	}
	assert_int_equal(ksyms_find(k, 0xffffffff810001ff)->start,
			 0xffffffff81000100);
	ksyms_free(k);
	ksyms_free(NULL);
}

static void test_all_at_once(void **state)
{
	struct ksym_table *t = ksym_table_new(path);
	const char *name;
	size_t i;

	assert_non_null(t);
	for (i = 0; i < NR(places); i++) {
		name = ksym_table_find(t, places[i].addr);
		if (!places[i].name)
			assert_null(name);
		else
			assert_string_equal(name, places[i].name);
	}
	assert_null(ksym_table_find(NULL, 0xffffffff81000000));
	ksym_table_free(t);
	ksym_table_free(NULL);
	assert_null(ksym_table_new("/nowhere"));
	assert_null(ksym_table_new("/dev/null"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_all_at_once),
	};

	return cmocka_run_group_tests_name("ksyms", tests, make_file,
					   remove_file);
}
