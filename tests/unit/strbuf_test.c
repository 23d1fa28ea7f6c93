// SPDX-License-Identifier: GPL-2.0
/* A buffer that grows, and that says so when it cannot. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "nomem.h"

#define LINES 3000
#define LINE 22

/* The allocation that fails, counted down to it; 0: none does. */
static unsigned countdown;

static bool nomem_fails(void)
{
	return countdown && !--countdown;
}

static void lines_add(struct strbuf *b)
{
	unsigned i;

	for (i = 0; i < LINES; i++)
		strbuf_printf(b, "line %04u of the text\n", i);
}

static void grows(void **state)
{
	struct strbuf b = {};
	char line[LINE + 1], *text;
	size_t len, i;

	lines_add(&b);
	assert_int_equal(b.len, LINES * LINE);
	text = strbuf_take(&b, &len);
	assert_int_equal(len, LINES * LINE);
	assert_int_equal(strlen(text), len);
	for (i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "line %04zu of the text\n", i);
		assert_memory_equal(text + i * LINE, line, LINE);
	}
	free(text);
}

static void all_ways(void **state)
{
	struct strbuf b = {};
	char long_word[1000], *to, *text;
	size_t len;

	memset(long_word, 'x', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = 0;
	strbuf_str(&b, "ab");
	strbuf_chr(&b, 'c');
	strbuf_mem(&b, "\0d", 2);
	strbuf_mem(&b, NULL, 0);
	strbuf_printf(&b, "%s%d", long_word, 7);
	to = strbuf_add(&b, 3);
	memcpy(to, "end", 3);
	assert_int_equal(b.p[b.len], 0);
	text = strbuf_take(&b, &len);
	assert_int_equal(len, 5 + 999 + 1 + 3);
	assert_memory_equal(text, "abc\0d", 5);
	assert_memory_equal(text + 5, long_word, 999);
	assert_string_equal(text + 5 + 999, "7end");
	free(text);
}

static void nothing_is_a_text(void **state)
{
	struct strbuf b = {};
	size_t len = 1;
	char *text = strbuf_take(&b, &len);

	assert_string_equal(text, "");
	assert_int_equal(len, 0);
	free(text);
	strbuf_printf(&b, "%s", "");
	text = strbuf_take(&b, NULL);
	assert_string_equal(text, "");
	free(text);
	strbuf_free(&b);
}

/* Whichever allocation fails: the text is whole, or there is none. */
static void never_loses(void **state)
{
	unsigned nr_lost = 0, n;
	size_t len;
	char *text;

	for (n = 1;; n++) {
		struct strbuf b = {};

		countdown = n;
		lines_add(&b);
		text = strbuf_take(&b, &len);
		if (countdown)
			break;
		assert_null(text);
		assert_int_equal(len, 0);
		assert_int_equal(b.err, -ENOMEM);
		assert_null(b.p);
		nr_lost++;
	}
	countdown = 0;
	assert_int_equal(len, LINES * LINE);
	free(text);
	assert_int_equal(nr_lost, 10); /* 256 bytes, doubled up to 131,072 */
}

static void stays_failed(void **state)
{
	struct strbuf b = {};

	strbuf_str(&b, "kept");
	countdown = 1;
	strbuf_printf(&b, "%0300d", 1);
	assert_int_equal(b.err, -ENOMEM);
	assert_string_equal(b.p, "kept");
	strbuf_chr(&b, 'x');
	assert_null(strbuf_add(&b, 1));
	strbuf_fail(&b, -EINVAL);
	assert_int_equal(b.err, -ENOMEM);
	assert_string_equal(b.p, "kept");
	assert_null(strbuf_take(&b, NULL));
	strbuf_free(&b);
	assert_int_equal(b.err, 0);
}

static void is_told_to_fail(void **state)
{
	struct strbuf b = {};

	strbuf_fail(&b, 0);
	assert_int_equal(b.err, 0);
	strbuf_str(&b, "text");
	strbuf_fail(&b, -EINVAL);
	assert_null(strbuf_take(&b, NULL));
	assert_int_equal(b.err, -EINVAL);
}

static void has_a_limit(void **state)
{
	struct strbuf b = {.max = 8};
	char *text;

	strbuf_str(&b, "1234567");
	strbuf_printf(&b, "%d", 8);
	assert_int_equal(b.err, 0);
	text = strbuf_take(&b, NULL);
	assert_string_equal(text, "12345678");
	free(text);

	strbuf_str(&b, "1234567");
	strbuf_printf(&b, "%d", 89);
	assert_int_equal(b.err, -E2BIG);
	assert_string_equal(b.p, "1234567");
	strbuf_free(&b);
	strbuf_mem(&b, "123456789", 9);
	assert_int_equal(b.err, -E2BIG);
	assert_null(strbuf_take(&b, NULL));
}

static void drops_the_front(void **state)
{
	struct strbuf b = {};

	strbuf_drop(&b, 0);
	strbuf_str(&b, "abcdef");
	strbuf_drop(&b, 2);
	assert_string_equal(b.p, "cdef");
	assert_int_equal(b.len, 4);
	strbuf_drop(&b, 4);
	assert_string_equal(b.p, "");
	strbuf_str(&b, "x");
	assert_string_equal(b.p, "x");
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows),
		cmocka_unit_test(all_ways),
		cmocka_unit_test(nothing_is_a_text),
		cmocka_unit_test(never_loses),
		cmocka_unit_test(stays_failed),
		cmocka_unit_test(is_told_to_fail),
		cmocka_unit_test(has_a_limit),
		cmocka_unit_test(drops_the_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
