// SPDX-License-Identifier: GPL-2.0
/*
 * The FIELDS of each man page are the columns of the tool's schemas: none is
 * missing, and none is told of that does not exist.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "view/columns.h"
#include "view/drop.h"
#include "view/life.h"
#include "view/why.h"

#define PAGE_SIZE 65536
#define SCHEMAS 3

struct page {
	const char *path;
	const struct schema *schemas[SCHEMAS];
	const char *values; /* in quotes, but no keys: " before " */
};

static const struct page pages[] = {
	{"tools/tcpsnoop-c.8", {&schema_packet, &schema_owned_packet}, ""},
	{"tools/tcplife-c.8", {&schema_connection, &schema_state}, " before "},
	{"tools/tcpdrop-c.8", {&schema_drop}, ""},
	{"tools/tcpwhy-c.8", {&schema_why}, ""},
};

/* The first lines of the paragraphs of FIELDS, without what is nested. */
static void heads_read(const char *path, char *heads)
{
	bool is_fields = false, is_head = false;
	unsigned depth = 0;
	char line[512];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	*heads = 0;
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, ".SH ", 4))
			is_fields = !strcmp(line, ".SH FIELDS\n");
		depth += !strncmp(line, ".RS", 3);
		depth -= !strncmp(line, ".RE", 3);
		if (is_fields && is_head && !depth) {
			assert_true(strlen(heads) + strlen(line) < PAGE_SIZE);
			strcat(heads, line);
		}
		is_head = !strcmp(line, ".TP\n");
	}
	fclose(f);
}

static const struct column *column_find(const struct page *p, const char *key)
{
	const struct field *f;
	size_t i;

	for (i = 0; i < SCHEMAS && p->schemas[i]; i++)
		for (f = p->schemas[i]->fields; f->column; f++)
			if (!strcmp(f->column->key, key))
				return f->column;
	return NULL;
}

/* Each word in quotes is a key, or one of the page's values. */
static void check_words(const struct page *p, char *heads)
{
	char *word, *end, value[64];

	for (word = strchr(heads, '"'); word; word = strchr(end + 1, '"')) {
		end = strchr(++word, '"');
		assert_non_null(end);
		*end = 0;
		snprintf(value, sizeof(value), " %s ", word);
		if (!strstr(p->values, value) && !column_find(p, word))
			fail_msg("%s: there is no \"%s\"", p->path, word);
	}
}

static void check_columns(const struct page *p, const char *heads)
{
	char quoted[64];
	const struct field *f;
	size_t i;

	for (i = 0; i < SCHEMAS && p->schemas[i]; i++) {
		for (f = p->schemas[i]->fields; f->column; f++) {
			snprintf(quoted, sizeof(quoted), "\"%s\"",
				 f->column->key);
			if (!strstr(heads, quoted))
				fail_msg("%s lacks %s", p->path, quoted);
			if (f->place == PLACE_CELL &&
			    !strstr(heads, f->column->title))
				fail_msg("%s lacks the column %s", p->path,
					 f->column->title);
		}
	}
}

static void fields_are_columns(void **state)
{
	static char heads[PAGE_SIZE];
	size_t i;

	for (i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		heads_read(pages[i].path, heads);
		check_columns(&pages[i], heads);
		check_words(&pages[i], heads);
	}
}

/* A schema that no page is checked against would be told of nowhere. */
static void every_schema_has_a_page(void **state)
{
	const struct schema *const *s;
	size_t i, j, nr;

	for (s = schemas; *s; s++) {
		for (nr = 0, i = 0; i < sizeof(pages) / sizeof(*pages); i++)
			for (j = 0; j < SCHEMAS; j++)
				nr += pages[i].schemas[j] == *s;
		assert_int_equal(nr, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_columns),
		cmocka_unit_test(every_schema_has_a_page),
	};

	return cmocka_run_group_tests_name("man_fields", tests, NULL, NULL);
}
