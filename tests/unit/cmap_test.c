// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "compile/histogram_scale.h"
#include "view/cmap.h"
#include "view/ctable.h"
#include "view/histogram.h"

/* What was written to an out; one test's at a time. */
static char text[16384];

static struct out *out_begin(int *fd)
{
	struct out *o;

	*fd = memfd_create("out", 0);
	o = out_new(*fd);
	assert_non_null(o);
	return o;
}

static const char *out_end(struct out *o, int fd)
{
	ssize_t n;

	out_commit(o);
	assert_int_equal(out_flush(o), 0);
	out_free(o);
	n = pread(fd, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = 0;
	close(fd);
	return text;
}

static const char *drawn(const struct histogram *h)
{
	int fd;
	struct out *o = out_begin(&fd);

	histogram_draw(h, o);
	return out_end(o, fd);
}

static void test_log2(void **state)
{
	uint64_t counts[64] = {[1] = 2, [3] = 7, [5] = 1};
	struct histogram h = {"usecs", true, counts, 64};

	assert_string_equal(
		drawn(&h),
		"     usecs               : count    distribution\n"
		"         0 -> 1          : 2        |***********              "
		"               |\n"
		"         2 -> 3          : 0        |                         "
		"               |\n"
		"         4 -> 7          : 7        |*************************"
		"***************|\n"
		"         8 -> 15         : 0        |                         "
		"               |\n"
		"        16 -> 31         : 1        |*****                    "
		"               |\n");
}

static void test_log2_wide(void **state)
{
	uint64_t counts[64] = {[63] = 3};
	struct histogram h = {"ns", true, counts, 64};
	const char *last;

	drawn(&h);
	last = strchr(text, '\n') + 1;
	text[last - text - 1] = 0;
	assert_string_equal(text,
			    "               ns                            "
			    ": count    distribution");
	last = strstr(last, " 4611686018427387904 ->");
	assert_string_equal(last, " 4611686018427387904 -> 9223372036854775807 "
				  " : 3        |********************|\n");
}

static void test_linear(void **state)
{
	uint64_t counts[4] = {1, 0, 4};
	struct histogram h = {"kbytes", false, counts, 4};

	assert_string_equal(
		drawn(&h),
		"     kbytes        : count     distribution\n"
		"        0          : 1        |**********                    "
		"          |\n"
		"        1          : 0        |                              "
		"          |\n"
		"        2          : 4        |******************************"
		"**********|\n");
}

static void test_empty(void **state)
{
	uint64_t counts[4] = {0};

	assert_string_equal(drawn(&(struct histogram){"x", true, counts, 4}),
			    "");
	assert_string_equal(drawn(&(struct histogram){"x", false, counts, 4}),
			    "");
}

static void test_every_slot(void **state)
{
	struct histogram h = {.is_log2 = true};
	uint64_t low, high, next = 2;
	size_t i;

	histogram_range(&h, 1, &low, &high);
	assert_int_equal(low, 0);
	assert_int_equal(high, 1);
	for (i = 2; i < 64; i++, next = high + 1) {
		histogram_range(&h, i, &low, &high);
		assert_int_equal(low, next);
		assert_int_equal(high, 2 * low - 1);
	}
}

struct key {
	uint32_t pid;
	uint32_t pad;
	uint64_t slot;
};

static struct ctype key_type, u64_type, int_type;

static void types_make(void)
{
	assert_int_equal(
		ctype_from_json(&key_type,
				"[\"key\", [[\"pid\",\"unsigned int\"], "
				"[\"__pad_1\",\"char\",[4]], [\"slot\","
				"\"unsigned long long\"]], \"struct_packed\"]",
				sizeof(struct key)),
		0);
	assert_int_equal(
		ctype_from_json(&u64_type, "\"unsigned long long\"", 8), 0);
	assert_int_equal(ctype_from_json(&int_type, "\"int\"", 4), 0);
}

static const struct key keys[] = {{9, 0, 2}, {-1u, 0, 1}, {9, 0, 1}};
static const uint64_t values[] = {300, 5, 100};

static const char *shown(enum cmap_scale scale, bool want_json)
{
	struct cmap m = {
		.name = "counts",
		.key = &key_type,
		.value = &u64_type,
		.key_size = sizeof(struct key),
		.value_size = 8,
		.keys = (const char *)keys,
		.values = (const char *)values,
		.nr = 3,
		.scale = scale,
	};
	int fd;
	struct out *o;

	types_make();
	o = out_begin(&fd);
	assert_int_equal(want_json ? cmap_json(&m, o) : cmap_text(&m, o), 0);
	return out_end(o, fd);
}

static void test_table(void **state)
{
	assert_string_equal(shown(CMAP_TABLE, false),
			    "counts: 3 entries\n"
			    "         PID SLOT VALUE\n"
			    "  4294967295    1     5\n"
			    "           9    1   100\n"
			    "           9    2   300\n");
	assert_string_equal(shown(CMAP_TABLE, true),
			    "{\"type\":\"map\",\"map\":\"counts\",\"key\":{"
			    "\"pid\":4294967295,\"slot\":1},\"value\":5}\n"
			    "{\"type\":\"map\",\"map\":\"counts\",\"key\":{"
			    "\"pid\":9,\"slot\":1},\"value\":100}\n"
			    "{\"type\":\"map\",\"map\":\"counts\",\"key\":{"
			    "\"pid\":9,\"slot\":2},\"value\":300}\n");
}

static void test_keyed_histogram(void **state)
{
	assert_string_equal(
		shown(CMAP_LOG2, true),
		"{\"type\":\"histogram\",\"map\":\"counts\",\"key\":{"
		"\"pid\":9},\"scale\":\"log2\",\"slots\":[{\"low\":0,"
		"\"high\":1,\"count\":100},{\"low\":2,\"high\":3,"
		"\"count\":300}]}\n"
		"{\"type\":\"histogram\",\"map\":\"counts\",\"key\":{"
		"\"pid\":4294967295},\"scale\":\"log2\",\"slots\":[{"
		"\"low\":0,\"high\":1,\"count\":5}]}\n");
	assert_string_equal(
		shown(CMAP_LINEAR, false),
		"counts:\n"
		"  pid=9\n"
		"     value         : count     distribution\n"
		"        0          : 0        |                              "
		"          |\n"
		"        1          : 100      |*************                 "
		"          |\n"
		"        2          : 300      |******************************"
		"**********|\n"
		"  pid=4294967295\n"
		"     value         : count     distribution\n"
		"        0          : 0        |                              "
		"          |\n"
		"        1          : 5        |******************************"
		"**********|\n");
}

/* An array's entries stay in their order, whatever their values. */
static void test_array(void **state)
{
	const int32_t at[] = {3, 0};
	const uint64_t v[] = {1, 9};
	struct cmap m = {
		.name = "a",
		.key = &int_type,
		.value = &u64_type,
		.key_size = 4,
		.value_size = 8,
		.keys = (const char *)at,
		.values = (const char *)v,
		.nr = 2,
		.is_array = true,
	};
	int fd;
	struct out *o;

	types_make();
	o = out_begin(&fd);
	assert_int_equal(cmap_text(&m, o), 0);
	assert_string_equal(out_end(o, fd), "a: 2 entries\n"
					    "  KEY VALUE\n"
					    "    0     9\n"
					    "    3     1\n");
}

static void test_rows_of_events(void **state)
{
	static struct ctype t;
	struct ctable table = {.types = {&t}, .nr = 1};
	char raw[24] = {1, [8] = 'n', 'g', 'i', 'n', 'x'};
	struct cvalue v = {&t, raw, sizeof(raw)};
	int fd;
	struct out *o;

	ctype_from_event(&t, "ts#u64\ncomm#char[16]\n");
	ctable_fit_types(&table);
	o = out_begin(&fd);
	ctable_titles(&table, o);
	ctable_row(&table, o, &v);
	v.size = 9;
	ctable_row(&table, o, &v);
	assert_string_equal(out_end(o, fd), "             TS COMM\n"
					    "              1 nginx\n"
					    "              1 -\n");
}

static void test_scale(void **state)
{
	static const struct {
		const char *text;
		enum histogram_scale scale;
	} texts[] = {
		{"BPF_HISTOGRAM(h); h.increment(bpf_log2l(x));",
		 HISTOGRAM_IS_LOG2},
		{"BPF_HISTOGRAM(h, int, 64); h.atomic_increment(bpf_log2(x));",
		 HISTOGRAM_IS_LOG2},
		{"BPF_HISTOGRAM(h); h.increment(x / 1000);",
		 HISTOGRAM_IS_LINEAR},
		{"BPF_HISTOGRAM(h); BPF_HISTOGRAM(g); "
		 "g.increment(bpf_log2l(x)); h.increment(len / 2);",
		 HISTOGRAM_IS_LINEAR},
		{"BPF_HISTOGRAM(h, struct k); k.slot = bpf_log2l(x); "
		 "h.increment(k);",
		 HISTOGRAM_IS_LOG2},
		{"BPF_HISTOGRAM(h); h.increment(slot);", HISTOGRAM_IS_LINEAR},
		{"BPF_HASH(h); h.increment(bpf_log2l(x));", HISTOGRAM_NONE},
		{"/* BPF_HISTOGRAM(h) */ h.increment(1);", HISTOGRAM_NONE},
		{"BPF_HISTOGRAM(hh); hh.increment(bpf_log2l(x));",
		 HISTOGRAM_NONE},
		{"BPF_HISTOGRAM(", HISTOGRAM_NONE},
		{"BPF_HISTOGRAM(h) h.increment(", HISTOGRAM_IS_LINEAR},
		{"", HISTOGRAM_NONE},
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (histogram_scale(texts[i].text, "h") != texts[i].scale)
			fail_msg("%s", texts[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log2),
		cmocka_unit_test(test_log2_wide),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_every_slot),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_keyed_histogram),
		cmocka_unit_test(test_array),
		cmocka_unit_test(test_rows_of_events),
		cmocka_unit_test(test_scale),
	};

	return cmocka_run_group_tests_name("cmap", tests, NULL, NULL);
}
