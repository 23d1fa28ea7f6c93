// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

/* The source itself: to write sections that image_write() never would. */
#include "compile/image.c"

#include "image_check.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* Instructions by hand: r1 = map 1 (two slots); r0 = 0; exit. */
#define LOAD_MAP(index)                \
	{.code = 0x18,                 \
	 .dst_reg = 1,                 \
	 .src_reg = BPF_PSEUDO_MAP_FD, \
	 .imm = (index)},              \
	{                              \
		0                      \
	}
#define RETURN_0             \
	{.code = 0xb7},      \
	{                    \
		.code = 0x95 \
	}

static const struct bpf_insn first_insns[] = {LOAD_MAP(1), RETURN_0};
static const struct bpf_insn second_insns[] = {RETURN_0};
static const uint32_t func_info[] = {0, 7};
static const uint32_t line_info[] = {0, 1, 2, 3, 2, 5, 6, 7};

static const struct image sample = {
	.maps = {{.name = "stats",
		  .type = BPF_MAP_TYPE_PERCPU_ARRAY,
		  .key_size = 4,
		  .value_size = 40,
		  .max_entries = 1},
		 {.name = "events",
		  .type = BPF_MAP_TYPE_PERF_EVENT_ARRAY,
		  .key_size = 4,
		  .value_size = 4,
		  .flags = 64}},
	.types = {{.key = "\"int\"", .value = "[\"s\", [[\"n\", \"u64\"]]]"},
		  {.event = "ts#u64\ncomm#char[16]\n"}},
	.nr_maps = 2,
	.progs = {{.name = "tcpsnoop_socket",
		   .insns = first_insns,
		   .nr_insns = NR(first_insns),
		   .func_info = func_info,
		   .func_info_size = sizeof(func_info),
		   .func_info_rec = 8,
		   .line_info = line_info,
		   .line_info_size = sizeof(line_info),
		   .line_info_rec = 16},
		  {.name = "other",
		   .btf_id = 70000,
		   .insns = second_insns,
		   .nr_insns = NR(second_insns)}},
	.nr_progs = 2,
	.kfuncs = {{63562, "bpf_cast_to_kern_ctx"}, {7, "bpf_rdonly_cast"}},
	.nr_kfuncs = 2,
	.license = "GPL",
	.btf = "types and names",
	.btf_size = 15,
};

static char *sample_bytes(size_t *size)
{
	void *bytes;

	assert_int_equal(image_write(&sample, &bytes, size), 0);
	return bytes;
}

/* Read a copy of SIZE bytes: exactly so long, for the sanitizer. */
static int read_copy(const void *bytes, size_t size, struct image **img)
{
	char *copy = malloc(size);

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	return image_read(copy, size, img);
}

static void assert_progs_equal(const struct image_prog *a,
			       const struct image_prog *b)
{
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->btf_id, b->btf_id);
	assert_int_equal(a->nr_insns, b->nr_insns);
	assert_memory_equal(a->insns, b->insns, a->nr_insns * 8);
	assert_int_equal(a->func_info_size, b->func_info_size);
	assert_int_equal(a->func_info_rec, b->func_info_rec);
	assert_int_equal(a->line_info_size, b->line_info_size);
	assert_int_equal(a->line_info_rec, b->line_info_rec);
	assert_int_equal(!a->func_info, !b->func_info);
	assert_int_equal(!a->line_info, !b->line_info);
	if (a->func_info)
		assert_memory_equal(a->func_info, b->func_info,
				    a->func_info_size);
	if (a->line_info)
		assert_memory_equal(a->line_info, b->line_info,
				    a->line_info_size);
}

static void test_round_trip(void **state)
{
	size_t size, again_size;
	char *bytes = sample_bytes(&size);
	struct image *img;
	void *again;

	assert_int_equal(read_copy(bytes, size, &img), 0);
	assert_int_equal(img->nr_maps, 2);
	assert_memory_equal(img->maps, sample.maps, sizeof(sample.maps));
	assert_string_equal(img->types[0].key, "\"int\"");
	assert_string_equal(img->types[0].value, "[\"s\", [[\"n\", \"u64\"]]]");
	assert_null(img->types[0].event);
	assert_null(img->types[1].key);
	assert_null(img->types[1].value);
	assert_string_equal(img->types[1].event, "ts#u64\ncomm#char[16]\n");
	assert_int_equal(img->nr_progs, 2);
	assert_progs_equal(&img->progs[0], &sample.progs[0]);
	assert_progs_equal(&img->progs[1], &sample.progs[1]);
	assert_int_equal(img->nr_kfuncs, 2);
	assert_int_equal(img->kfuncs[0].id, 63562);
	assert_string_equal(img->kfuncs[0].name, "bpf_cast_to_kern_ctx");
	assert_int_equal(img->kfuncs[1].id, 7);
	assert_string_equal(img->kfuncs[1].name, "bpf_rdonly_cast");
	assert_string_equal(img->license, "GPL");
	assert_int_equal(img->btf_size, 15);
	assert_memory_equal(img->btf, sample.btf, 15);
	assert_true(image_holds(img, size));
	assert_int_equal(image_find_map(img, "stats"), 0);
	assert_int_equal(image_find_map(img, "events"), 1);
	assert_int_equal(image_find_map(img, "event"), -ENOENT);

	assert_int_equal(image_write(img, &again, &again_size), 0);
	assert_int_equal(again_size, size);
	assert_memory_equal(again, bytes, size);
	free(again);
	free(bytes);
	image_free(img);
	image_free(NULL);
}

static void test_every_cut_is_refused(void **state)
{
	size_t size, len;
	char *bytes = sample_bytes(&size);
	struct image *img;

	for (len = 0; len < size; len++)
		assert_int_equal(read_copy(bytes, len, &img), -EBADMSG);
	free(bytes);
}

/* With a header that fits, only what is whole without the rest is left. */
static void test_no_cut_gives_half_an_image(void **state)
{
	size_t size, len, nr_read = 0;
	char *bytes = sample_bytes(&size);
	struct image *img;

	for (len = sizeof(struct head); len < size; len++) {
		char *copy = malloc(len);
		int ret;

		memcpy(copy, bytes, len);
		image_forge(copy, len);
		ret = image_read(copy, len, &img);
		if (ret) {
			assert_int_equal(ret, -EBADMSG);
			continue;
		}
		assert_true(image_holds(img, len));
		image_free(img);
		nr_read++;
	}
	/* Behind the first program's instructions, its two kinds of info, the
	 * second program's instructions and each function. */
	assert_int_equal(nr_read, 6);
	free(bytes);
}

static void test_every_flipped_bit_is_noticed(void **state)
{
	size_t size, i;
	char *bytes = sample_bytes(&size);
	struct image *img;

	for (i = 0; i < 8 * size; i++) {
		bytes[i / 8] ^= 1 << i % 8;
		assert_int_equal(read_copy(bytes, size, &img), -EBADMSG);
		bytes[i / 8] ^= 1 << i % 8;
	}
	free(bytes);
}

static void test_no_flipped_bit_gives_an_unsound_image(void **state)
{
	size_t size, i, nr_refused = 0;
	char *bytes = sample_bytes(&size);
	struct image *img;

	for (i = 8 * sizeof(struct head); i < 8 * size; i++) {
		int ret;

		bytes[i / 8] ^= 1 << i % 8;
		image_forge(bytes, size);
		ret = read_copy(bytes, size, &img);
		if (!ret) {
			assert_true(image_holds(img, size));
			image_free(img);
		} else {
			assert_int_equal(ret, -EBADMSG);
			nr_refused++;
		}
		bytes[i / 8] ^= 1 << i % 8;
	}
	assert_true(nr_refused > 100);
	free(bytes);
}

#define TEXT(tag, owner, text)                      \
	{                                           \
		{tag, owner, 0, sizeof(text)}, text \
	}
#define DATA(tag, owner, rec, ...)                                  \
	{                                                           \
		{tag, owner, rec, sizeof(__VA_ARGS__)}, __VA_ARGS__ \
	}
#define INSNS(owner, ...) \
	DATA(TAG_PROG_INSNS, owner, 8, (struct bpf_insn[]){__VA_ARGS__})
#define NAME(owner, name) TEXT(TAG_PROG_NAME, owner, name)
#define MAP(text) DATA(TAG_MAP, 0, 0, (struct image_map[]){{.name = text}})
#define LICENSE TEXT(TAG_LICENSE, 0, "GPL")
#define PROG NAME(0, "p"), INSNS(0, RETURN_0)
#define KFUNC(owner, id, name)                             \
	{                                                  \
		{TAG_KFUNC, owner, id, sizeof(name)}, name \
	}
#define ONE_INSN(...) LICENSE, NAME(0, "p"), INSNS(0, __VA_ARGS__, RETURN_0)
#define LOAD(src)                         \
	{.code = 0x18, .src_reg = (src)}, \
	{                                 \
		0                         \
	}
#define TEXT_OF_63                                           \
	"a23456789_123456789_123456789_123456789_123456789_" \
	"123456789_123"

/* clang-format off */
static const struct {
	const char *wrong; /* NULL: nothing is */
	struct part {
		struct section s;
		const void *p;
	} parts[6];
} images[] = {
	{NULL, {LICENSE, PROG}},
	{NULL, {PROG, LICENSE}},
	{NULL, {LICENSE, NAME(0, TEXT_OF_63), INSNS(0, RETURN_0)}},
	{"nothing there", {}},
	{"no license", {PROG}},
	{"no program", {LICENSE}},
	{"an empty license", {TEXT(TAG_LICENSE, 0, ""), PROG}},
	{NULL, {TEXT(TAG_LICENSE, 0, TEXT_OF_63 TEXT_OF_63 "4"), PROG}},
	{"a license of 128",
	 {TEXT(TAG_LICENSE, 0, TEXT_OF_63 TEXT_OF_63 "45"), PROG}},
	{"a license without end",
	 {DATA(TAG_LICENSE, 0, 0, (char[]){'G', 'P', 'L'}), PROG}},
	{"no instructions", {LICENSE, NAME(0, "p")}},
	{"no name", {LICENSE, INSNS(0, RETURN_0)}},
	{"an empty name", {LICENSE, NAME(0, ""), INSNS(0, RETURN_0)}},
	{"a name of 64",
	 {LICENSE, NAME(0, TEXT_OF_63 "4"), INSNS(0, RETURN_0)}},
	{"a NUL in a name", {LICENSE, NAME(0, "p\0q"), INSNS(0, RETURN_0)}},
	{"no first program", {LICENSE, NAME(1, "p"), INSNS(1, RETURN_0)}},
	{"a second name", {LICENSE, PROG, NAME(0, "p")}},
	{NULL, {LICENSE, PROG, NAME(1, "_q1"), INSNS(1, RETURN_0)}},
	{"a name twice", {LICENSE, PROG, NAME(1, "p"), INSNS(1, RETURN_0)}},
	{"a name with a dot", {LICENSE, NAME(0, "a.b"), INSNS(0, RETURN_0)}},
	{"a name with a blank", {LICENSE, NAME(0, "a b"), INSNS(0, RETURN_0)}},
	{"a name with an escape",
	 {LICENSE, NAME(0, "a\033[2J"), INSNS(0, RETURN_0)}},
	{"a digit in front", {LICENSE, NAME(0, "1a"), INSNS(0, RETURN_0)}},
	{"a name in UTF-8", {LICENSE, NAME(0, "\303\244"), INSNS(0, RETURN_0)}},
	{"a license with an escape", {TEXT(TAG_LICENSE, 0, "G\033P"), PROG}},
	{"two licenses", {LICENSE, LICENSE, PROG}},
	{NULL, {LICENSE, PROG, TEXT(TAG_BTF, 0, "x")}},
	{"BTF twice", {LICENSE, PROG, TEXT(TAG_BTF, 0, "x"),
		       TEXT(TAG_BTF, 0, "x")}},
	{"program 65", {LICENSE, PROG, NAME(IMAGE_PROGS, "p")}},
	{"program -1", {LICENSE, PROG, INSNS(UINT32_MAX, RETURN_0)}},
	{"instructions twice", {LICENSE, PROG, INSNS(0, RETURN_0)}},
	{"those of another", {LICENSE, PROG, INSNS(1, RETURN_0)}},
	{"half an instruction",
	 {LICENSE, NAME(0, "p"), TEXT(TAG_PROG_INSNS, 0, "12345678123")}},
	{"half a 64-bit load",
	 {LICENSE, NAME(0, "p"), INSNS(0, RETURN_0, {.code = 0x18})}},
	{"no map", {LICENSE, NAME(0, "p"), INSNS(0, LOAD_MAP(0))}},
	{NULL, {LICENSE, NAME(0, "p"), INSNS(0, LOAD_MAP(0)), MAP("m")}},
	{"map 1 of 1",
	 {LICENSE, MAP("m"), NAME(0, "p"), INSNS(0, LOAD_MAP(1))}},
	{"map -1", {LICENSE, MAP("m"), NAME(0, "p"), INSNS(0, LOAD_MAP(-1))}},
	{NULL, /* a number, no map */
	 {LICENSE, NAME(0, "p"), INSNS(0, {.code = 0x18, .imm = 9}, {0})}},
	{NULL, {ONE_INSN(LOAD(BPF_PSEUDO_FUNC))}},
	{"a map's value by a descriptor",
	 {ONE_INSN(LOAD(BPF_PSEUDO_MAP_VALUE)), MAP("m")}},
	{"a variable of the kernel", {ONE_INSN(LOAD(BPF_PSEUDO_BTF_ID))}},
	{"a map by index", {ONE_INSN(LOAD(BPF_PSEUDO_MAP_IDX)), MAP("m")}},
	{"a map's value by index",
	 {ONE_INSN(LOAD(BPF_PSEUDO_MAP_IDX_VALUE)), MAP("m")}},
	{"a load of a kind to come", {ONE_INSN(LOAD(7))}},
	{NULL, {ONE_INSN({.code = 0x85, .imm = 1})}},
	{NULL, {ONE_INSN({.code = 0x85, .src_reg = BPF_PSEUDO_CALL})}},
	{NULL, {ONE_INSN({.code = 0x85, .src_reg = BPF_PSEUDO_KFUNC_CALL})}},
	{"a function of a module", {ONE_INSN({.code = 0x85, .off = 1,
				    .src_reg = BPF_PSEUDO_KFUNC_CALL})}},
	{"a call of a kind to come", {ONE_INSN({.code = 0x85, .src_reg = 3})}},
	{"a call by a register", {ONE_INSN({.code = 0x8d})}},
	{NULL, {LICENSE, PROG, KFUNC(0, 9, "f"), KFUNC(1, 9, "f")}},
	{"function 1 of 1", {LICENSE, PROG, KFUNC(1, 9, "f")}},
	{"a function twice", {LICENSE, PROG, KFUNC(0, 9, "f"),
			      KFUNC(0, 9, "g")}},
	{"a function without a name", {LICENSE, PROG, KFUNC(0, 9, "")}},
	{"a function with an escape", {LICENSE, PROG, KFUNC(0, 9, "\033")}},
	{"a map without a name", {LICENSE, PROG, MAP("")}},
	{"a map twice", {LICENSE, PROG, MAP("m"), MAP("m")}},
	{"a map's name with an escape", {LICENSE, PROG, MAP("m\033[2J")}},
	{"perf buffers for some CPUs", {LICENSE, PROG,
	 DATA(TAG_MAP, 0, 0, (struct image_map[]){{.name = "m",
		.type = BPF_MAP_TYPE_PERF_EVENT_ARRAY, .max_entries = 1}})}},
	{NULL, {LICENSE, PROG, MAP(TEXT_OF_63)}},
	{"a map's name of 64", {LICENSE, PROG, MAP(TEXT_OF_63 "4")}},
	{"a short map", {LICENSE, PROG, TEXT(TAG_MAP, 0, "map")}},
	{NULL, {LICENSE, PROG, DATA(TAG_LINE_INFO, 0, 16, line_info)}},
	{"more lines than instructions",
	 {LICENSE, PROG, DATA(TAG_LINE_INFO, 0, 8, line_info)}},
	{"more functions than instructions",
	 {LICENSE, PROG, DATA(TAG_FUNC_INFO, 0, 8, line_info)}},
	{"records of 0 bytes",
	 {LICENSE, PROG, DATA(TAG_LINE_INFO, 0, 0, line_info)}},
	{"records of 2 bytes",
	 {LICENSE, PROG, DATA(TAG_LINE_INFO, 0, 2, line_info)}},
	{"half a record", {LICENSE, PROG, DATA(TAG_FUNC_INFO, 0, 12, line_info)}},
	{"info twice",
	 {LICENSE, PROG, DATA(TAG_LINE_INFO, 0, 16, line_info),
	  DATA(TAG_LINE_INFO, 0, 16, line_info)}},
	{"info of another", {LICENSE, PROG, DATA(TAG_FUNC_INFO, 1, 8, func_info)}},
	{"section 0", {LICENSE, PROG, TEXT(0, 0, "x")}},
	{"section 12", {LICENSE, PROG, TEXT(TAG_KFUNC + 1, 0, "x")}},
	{NULL, {LICENSE, PROG, MAP("m"), TEXT(TAG_KEY, 0, "")}},
	{"types of no map", {LICENSE, PROG, TEXT(TAG_KEY, 0, "x")}},
	{"types of another map",
	 {LICENSE, PROG, MAP("m"), TEXT(TAG_VALUE, 1, "x")}},
	{"types twice",
	 {LICENSE, PROG, MAP("m"), TEXT(TAG_EVENT, 0, "x"),
	  TEXT(TAG_EVENT, 0, "x")}},
	{"types without end",
	 {LICENSE, PROG, MAP("m"), DATA(TAG_KEY, 0, 0, (char[]){'i'})}},
	{"types with a NUL", {LICENSE, PROG, MAP("m"), TEXT(TAG_KEY, 0, "i\0j")}},
	{NULL, {LICENSE, PROG, MAP("m"), TEXT(TAG_EVENT, 0, "n#u8\nm#u8\n")}},
	{"types with an escape",
	 {LICENSE, PROG, MAP("m"), TEXT(TAG_EVENT, 0, "\033[2J#u8\n")}},
	{"types with a one-character CSI",
	 {LICENSE, PROG, MAP("m"), TEXT(TAG_KEY, 0, "\302\2332J")}},
	{"types of nothing", {LICENSE, PROG, MAP("m"), {{TAG_KEY, 0, 0, 0}, ""}}},
};
/* clang-format on */

static int parts_read(const struct part *parts, size_t nr, struct image **img,
		      size_t *size)
{
	struct head head = {};
	struct strbuf b = {};
	char *buf;
	size_t i;

	strbuf_mem(&b, &head, sizeof(head));
	for (i = 0; i < nr; i++)
		section_write(&b, parts[i].s.tag, parts[i].s.owner,
			      parts[i].s.rec, parts[i].p, parts[i].s.len);
	buf = strbuf_take(&b, size);
	assert_non_null(buf);
	image_forge(buf, *size);
	return image_read(buf, *size, img);
}

static void test_structure(void **state)
{
	struct image *img;
	size_t i, size;

	for (i = 0; i < NR(images); i++) {
		int ret = parts_read(images[i].parts, NR(images[i].parts), &img,
				     &size);

		if (ret != (images[i].wrong ? -EBADMSG : 0))
			fail_msg("image %zu: %s", i, images[i].wrong);
		if (ret)
			continue;
		assert_true(image_holds(img, size));
		image_free(img);
	}
}

static void test_map_65(void **state)
{
	const struct part start[] = {LICENSE, PROG};
	struct part parts[3 + IMAGE_MAPS + 1];
	struct image_map maps[IMAGE_MAPS + 1] = {};
	struct image *img;
	size_t i, size;

	memcpy(parts, start, sizeof(start));
	for (i = 0; i < NR(maps); i++) {
		snprintf(maps[i].name, IMAGE_NAME, "m%zu", i);
		parts[NR(start) + i] = (struct part){
			{TAG_MAP, 0, 0, sizeof(maps[i])}, &maps[i]};
	}
	assert_int_equal(parts_read(parts, NR(parts), &img, &size), -EBADMSG);
	assert_int_equal(parts_read(parts, NR(parts) - 1, &img, &size), 0);
	assert_int_equal(img->nr_maps, IMAGE_MAPS);
	image_free(img);
}

static void test_a_section_that_ends_elsewhere(void **state)
{
	static const uint32_t lens[] = {
		16, 17, 24, UINT32_MAX - 7, UINT32_MAX - 6, UINT32_MAX};
	char bytes[sizeof(struct head) + sizeof(struct section) + 8] = {};
	struct section s = {.tag = TAG_BTF};
	struct image *img;
	size_t i;

	for (i = 0; i < NR(lens); i++) {
		s.len = lens[i];
		memcpy(bytes + sizeof(struct head), &s, sizeof(s));
		image_forge(bytes, sizeof(bytes));
		assert_int_equal(read_copy(bytes, sizeof(bytes), &img),
				 -EBADMSG);
	}
}

/* One byte more of types, or an instruction more, than there may be. */
static void test_bounds(void **state)
{
	struct image large = sample;
	char *types = malloc(IMAGE_TYPES + 1);
	struct bpf_insn *insns = calloc(IMAGE_INSNS + 1, sizeof(*insns));
	struct image *img;
	size_t size, more;
	void *bytes;

	assert_true(types && insns);
	for (more = 0; more < 2; more++) {
		memset(types, 'x', IMAGE_TYPES);
		types[IMAGE_TYPES - 1 + more] = 0;
		large.types[0].key = types;
		assert_int_equal(image_write(&large, &bytes, &size), 0);
		assert_int_equal(image_read(bytes, size, &img),
				 more ? -EBADMSG : 0);
		if (!more)
			image_free(img);
	}
	large = sample;
	large.progs[1].insns = insns;
	for (more = 0; more < 2; more++) {
		large.progs[1].nr_insns = IMAGE_INSNS + more;
		assert_int_equal(image_write(&large, &bytes, &size), 0);
		assert_int_equal(image_read(bytes, size, &img),
				 more ? -EBADMSG : 0);
		if (!more)
			image_free(img);
	}
	free(types);
	free(insns);
}

/* What only we may say of an image. */
static void test_bare(void **state)
{
	struct image img = sample;

	assert_false(image_is_bare(&img));
	img.nr_kfuncs = 0;
	assert_false(image_is_bare(&img));
	img.progs[1].btf_id = 0;
	assert_true(image_is_bare(&img));
	img.nr_kfuncs = 1;
	assert_false(image_is_bare(&img));
}

static void test_too_large(void **state)
{
	struct image large = sample;
	struct image *img;
	void *bytes = calloc(1, IMAGE_MAX + 8), *copy;
	size_t size;

	assert_non_null(bytes);
	large.btf = bytes;
	large.btf_size = IMAGE_MAX / 2;
	assert_int_equal(image_write(&large, &copy, &size), 0);
	assert_int_equal(image_read(copy, size, &img), 0);
	image_free(img);
	large.btf_size = IMAGE_MAX - 16;
	assert_int_equal(image_write(&large, &copy, &size), -E2BIG);
	large.btf_size = IMAGE_MAX + 8;
	assert_int_equal(image_write(&large, &copy, &size), -E2BIG);
	image_forge(bytes, IMAGE_MAX + 8);
	assert_int_equal(image_read(bytes, IMAGE_MAX + 8, &img), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_cut_is_refused),
		cmocka_unit_test(test_no_cut_gives_half_an_image),
		cmocka_unit_test(test_every_flipped_bit_is_noticed),
		cmocka_unit_test(test_no_flipped_bit_gives_an_unsound_image),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_map_65),
		cmocka_unit_test(test_a_section_that_ends_elsewhere),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_bare),
		cmocka_unit_test(test_too_large),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
