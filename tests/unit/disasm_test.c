// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/btf.h>
#include <cmocka.h>

#include "compile/disasm.h"
#include "compile/lines.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

#define INSN(code_, dst, src, off_, imm_)                                   \
	{                                                                   \
		.code = code_, .dst_reg = dst, .src_reg = src, .off = off_, \
		.imm = imm_                                                 \
	}

static void assert_disasm(const struct image *img, const char *want)
{
	char *text = disasm_text(img);

	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static struct image image_of(const struct bpf_insn *insns, size_t nr)
{
	return (struct image){
		.maps = {{.name = "events"}, {.name = "no\npe"}},
		.nr_maps = 2,
		.progs = {{.name = "count", .insns = insns, .nr_insns = nr}},
		.nr_progs = 1,
	};
}

/* Everything at once: what is a jump's target, what two slots long. */
static void test_program(void **state)
{
	static const struct bpf_insn prog[] = {
		INSN(0x15, 1, 0, 3, 0),	 INSN(0x18, 2, 1, 0, 0),
		INSN(0, 0, 0, 0, 0),	 INSN(0x85, 0, 0, 0, 25),
		INSN(0x85, 0, 1, 0, 1),	 INSN(0x95, 0, 0, 0, 0),
		INSN(0xb7, 0, 0, 0, -1), INSN(0x05, 0, 0, -3, 0),
	};
	static const struct bpf_insn last[] = {INSN(0x18, 0, 0, 0, 0)};
	struct image img = image_of(prog, NR(prog));

	img.progs[1] = (struct image_prog){
		.name = "half", .insns = last, .nr_insns = NR(last)};
	img.nr_progs = 2;
	assert_disasm(&img, "count: 8 instructions\n"
			    "    0: (15) if r1 == 0x0 goto 4\n"
			    "    1: (18) r2 = map[events]\n"
			    "    3: (85) call bpf_perf_event_output#25\n"
			    ">   4: (85) call 6\n"
			    ">   5: (95) exit\n"
			    ">   6: (b7) r0 = -1\n"
			    "    7: (05) goto 5\n"
			    "\n"
			    "half: 1 instruction\n"
			    "    0: (18) raw 18 00 00 00 00 00 00 00\n");
}

static void test_nothing(void **state)
{
	struct image img = image_of(NULL, 0);

	assert_disasm(&img, "count: 0 instructions\n");
	img.nr_progs = 0;
	assert_disasm(&img, "");
}

/* Strings at 0, 1, 10 and 23. */
#define STRINGS "\0filter.c\0\tint x = 1; \0return x;"

/* Without the padding at the end. */
#define BTF_SIZE (offsetof(struct btf, strings) + sizeof(STRINGS))

struct btf {
	struct btf_header header;
	char types[12];
	char strings[sizeof(STRINGS)];
};

static const struct btf btf = {
	.header = {.magic = BTF_MAGIC,
		   .version = 1,
		   .hdr_len = sizeof(struct btf_header),
		   .type_len = 12,
		   .str_off = 12,
		   .str_len = sizeof(STRINGS)},
	.strings = STRINGS,
};

static const struct bpf_line_info line_info[] = {
	{0, 1, 10, 3 << 10 | 7},
	{1, 1, 10, 3 << 10 | 9}, /* the same line, another column */
	{1, 1, 0, 0},		 /* the compiler's own */
	{2, 1, 23, 4 << 10 | 1},
	{4, 1, 0, 5 << 10 | 1},	 /* no text */
	{5, 0, 23, 6 << 10 | 1}, /* no file */
	{6, 999, 999, 7 << 10},	 /* nothing at all */
};

static const struct bpf_insn lined[] = {
	INSN(0xb7, 0, 0, 0, 1), INSN(0xb7, 1, 0, 0, 1), INSN(0x18, 2, 0, 0, 1),
	INSN(0, 0, 0, 0, 0),	INSN(0xb7, 4, 0, 0, 1), INSN(0xb7, 5, 0, 0, 1),
	INSN(0x95, 0, 0, 0, 0),
};

static struct image image_with_lines(void)
{
	struct image img = image_of(lined, NR(lined));

	img.progs[0].line_info = line_info;
	img.progs[0].line_info_size = sizeof(line_info);
	img.progs[0].line_info_rec = sizeof(line_info[0]);
	img.btf = &btf;
	img.btf_size = BTF_SIZE;
	return img;
}

static const char without_lines[] = "count: 7 instructions\n"
				    "    0: (b7) r0 = 1\n"
				    "    1: (b7) r1 = 1\n"
				    "    2: (18) r2 = 0x1\n"
				    "    4: (b7) r4 = 1\n"
				    "    5: (b7) r5 = 1\n"
				    "    6: (95) exit\n";

static void test_lines(void **state)
{
	struct image img = image_with_lines();

	assert_disasm(&img, "count: 7 instructions\n"
			    "; int x = 1;  @ filter.c:3\n"
			    "    0: (b7) r0 = 1\n"
			    "    1: (b7) r1 = 1\n"
			    "; return x; @ filter.c:4\n"
			    "    2: (18) r2 = 0x1\n"
			    "; @ filter.c:5\n"
			    "    4: (b7) r4 = 1\n"
			    "; return x;\n"
			    "    5: (b7) r5 = 1\n"
			    "    6: (95) exit\n");
}

/* A record of any size but a shorter one, at any address. */
static void test_line_records(void **state)
{
	struct image img = image_with_lines();
	char *want = disasm_text(&img), *text;
	char wide[NR(line_info) * 21 + 1] = {0};
	size_t i;

	for (i = 0; i < NR(line_info); i++)
		memcpy(wide + 1 + i * 21, &line_info[i], sizeof(line_info[i]));
	img.progs[0].line_info = wide + 1;
	img.progs[0].line_info_size = sizeof(wide) - 1;
	img.progs[0].line_info_rec = 21;
	text = disasm_text(&img);
	assert_string_equal(text, want);
	free(text);
	free(want);
	for (i = 0; i < sizeof(line_info[0]); i++) {
		img.progs[0].line_info_rec = i;
		assert_disasm(&img, without_lines);
	}
}

/* Out of order: what has been passed is not gone back to. */
static void test_unordered_records(void **state)
{
	static const struct bpf_line_info rec[] = {
		{5, 0, 23, 1 << 10}, {1, 1, 10, 2 << 10}, {5, 1, 0, 3 << 10}};
	struct image img = image_with_lines();
	struct source_line line;
	struct lines lines;

	img.progs[0].line_info = rec;
	img.progs[0].line_info_size = sizeof(rec);
	lines_init(&lines, &img, &img.progs[0]);
	assert_false(lines_at(&lines, 1, &line));
	assert_true(lines_at(&lines, 5, &line));
	assert_string_equal(line.text, "");
	assert_string_equal(line.file, "filter.c");
	assert_int_equal(line.nr, 3);
	assert_false(lines_at(&lines, 6, &line));
}

/* Cut anywhere, in memory of its size: for the sanitizers. */
static void test_cut_btf(void **state)
{
	struct image img = image_with_lines();
	size_t len;
	char *part;

	for (len = 0; len < BTF_SIZE; len++) {
		part = malloc(len ? len : 1);
		memcpy(part, &btf, len);
		img.btf = part;
		img.btf_size = len;
		assert_disasm(&img, without_lines);
		free(part);
	}
	img.btf = NULL;
	assert_null(btf_string(&img, 0));
}

static void test_wrong_btf(void **state)
{
	struct image img = image_with_lines();
	struct btf b = btf;

	img.btf = &b;
	assert_string_equal(btf_string(&img, 1), "filter.c");
	assert_string_equal(btf_string(&img, sizeof(STRINGS) - 1), "");
	assert_null(btf_string(&img, sizeof(STRINGS)));
	assert_null(btf_string(&img, UINT32_MAX));
	b.strings[sizeof(STRINGS) - 1] = 'x';
	assert_null(btf_string(&img, 23));
	assert_non_null(btf_string(&img, 10));
	b.header.str_len = UINT32_MAX;
	assert_null(btf_string(&img, 1));
	b.header.str_len = 10;
	b.header.str_off = UINT32_MAX;
	b.header.hdr_len = UINT32_MAX;
	assert_null(btf_string(&img, 1));
	b.header = btf.header;
	b.header.magic = 0x9feb; /* the other byte order */
	assert_null(btf_string(&img, 1));
}

static void test_hostile_strings(void **state)
{
	struct image img = image_with_lines();
	struct btf b = btf;

	b.strings[25] = '\033';
	b.strings[1] = '\n';
	img.btf = &b;
	img.nr_progs = 1;
	img.progs[0].nr_insns = 3;
	img.progs[0].name = "a\tb\r";
	assert_disasm(&img, "a\tb?: 3 instructions\n"
			    "; int x = 1;  @ ?ilter.c:3\n"
			    "    0: (b7) r0 = 1\n"
			    "    1: (b7) r1 = 1\n"
			    "; re?urn x; @ ?ilter.c:4\n"
			    "    2: (18) raw 18 02 00 00 01 00 00 00\n");
}

/* The whole printer over bytes that say nothing, in memory of their size. */
static void test_any_bytes(void **state)
{
	uint32_t x = 1;
	unsigned char *bytes = malloc(4096);
	struct image img = image_of((struct bpf_insn *)bytes, 4096 / 8);
	size_t i, round;

	assert_non_null(bytes);
	img.progs[0].line_info = bytes;
	img.progs[0].line_info_size = 4096;
	img.progs[0].line_info_rec = 16;
	img.btf = bytes;
	img.btf_size = 4096;
	for (round = 0; round < 50; round++) {
		for (i = 0; i < 4096; i++) {
			x = x * 1664525 + 1013904223;
			bytes[i] = x >> 24;
		}
		free(disasm_text(&img));
	}
	free(bytes);
}

/* To look for a string's end costs no more than a line is long. */
static void test_string_without_end(void **state)
{
	static struct {
		struct btf_header h;
		char strings[5000];
	} blob = {.h = {.magic = BTF_MAGIC,
			.hdr_len = sizeof(blob.h),
			.str_len = sizeof(blob.strings)}};
	const struct image img = {.btf = &blob, .btf_size = sizeof(blob)};

	memset(blob.strings, 'x', sizeof(blob.strings) - 1);
	assert_ptr_equal(btf_string(&img, 4999), blob.strings + 4999);
	assert_ptr_equal(btf_string(&img, 904), blob.strings + 904);
	assert_null(btf_string(&img, 903));
	assert_null(btf_string(&img, 0));
	assert_null(btf_string(&img, 5000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_line_records),
		cmocka_unit_test(test_unordered_records),
		cmocka_unit_test(test_cut_btf),
		cmocka_unit_test(test_wrong_btf),
		cmocka_unit_test(test_hostile_strings),
		cmocka_unit_test(test_any_bytes),
		cmocka_unit_test(test_string_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
