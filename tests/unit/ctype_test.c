// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "view/cvalue.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* What the descriptions below are of, laid out by the compiler. */
struct inner {
	uint16_t a;
	uint8_t b;
};

struct key {
	char name[8];
	uint32_t pid;
	uint64_t slot;
	struct inner in;
	union {
		uint32_t q;
		uint8_t w;
	};
	int low : 3;
	int high : 5;
	unsigned __int128 big;
	bool is_on;
	void *p;
	uint32_t saddr;
	uint8_t daddr[16];
};

static const char key_desc[] =
	"[\"key\", [[\"name\",\"char\", [8]], [\"pid\",\"unsigned int\"], "
	"[\"slot\",\"unsigned long long\"], [\"in\",[\"inner\", [[\"a\","
	"\"unsigned short\"], [\"b\",\"unsigned char\"], [\"__pad_end\","
	"\"char\",[1]] ], \"struct_packed\"]], [\"\", [[\"q\",\"unsigned int\"],"
	" [\"w\",\"unsigned char\"] ], \"union\"], [\"low\",\"int\", 3], "
	"[\"high\",\"int\", 5], [\"big\",\"unsigned __int128\"], [\"is_on\","
	"\"_Bool\"], [\"p\",\"unsigned long long\"], [\"saddr\","
	"\"unsigned int\"], [\"daddr\",\"unsigned char\", [16]] ], \"struct\"]";

static const struct key key = {
	.name = "nginx",
	.pid = 4294967295,
	.slot = 18446744073709551615ull,
	.in = {.a = 65535, .b = 7},
	.q = 0x01020304,
	.low = -4,
	.high = 15,
	.big = ((unsigned __int128)1 << 64) + 5,
	.is_on = true,
	.p = (void *)0x1000,
	.saddr = 0x0100007f,
	.daddr = {0x20, 1, 0xd, 0xb8, [15] = 1},
};

static void as_text(char *text, size_t size, const struct cvalue *v)
{
	struct buf b = {text, text + size - 1};

	cvalue_text(&b, v);
	*b.pos = 0;
}

static void as_json(char *text, size_t size, const struct cvalue *v)
{
	struct buf b = {text, text + size - 1};

	cvalue_json(&b, v);
	*b.pos = 0;
}

static void test_record(void **state)
{
	static struct ctype t;
	struct cvalue v = {&t, &key, sizeof(key)};
	char text[1024];

	assert_int_equal(ctype_from_json(&t, key_desc, sizeof(key)), 0);
	assert_int_equal(t.size, sizeof(struct key));
	assert_int_equal(t.align, 16);
	as_text(text, sizeof(text), &v);
	assert_string_equal(
		text, "name=nginx pid=4294967295 slot=18446744073709551615 "
		      "in.a=65535 in.b=7 q=16909060 w=4 low=-4 high=15 "
		      "big=18446744073709551621 is_on=1 p=4096 saddr=127.0.0.1 "
		      "daddr=2001:db8::1");
	as_json(text, sizeof(text), &v);
	assert_string_equal(
		text,
		"{\"name\":\"nginx\",\"pid\":4294967295,"
		"\"slot\":18446744073709551615,\"in.a\":65535,\"in.b\":7,"
		"\"q\":16909060,\"w\":4,\"low\":-4,\"high\":15,"
		"\"big\":\"18446744073709551621\",\"is_on\":true,\"p\":4096,"
		"\"saddr\":\"127.0.0.1\",\"daddr\":\"2001:db8::1\"}");
}

/* From a copy that is exactly so long, for the sanitizer. */
static void test_every_cut_of_a_value(void **state)
{
	static struct ctype t;
	char text[1024], whole[1024];
	size_t len, nr_missing;

	ctype_from_json(&t, key_desc, sizeof(key));
	as_text(whole, sizeof(whole), &(struct cvalue){&t, &key, sizeof(key)});
	for (len = 0; len < sizeof(key); len++) {
		char *copy = malloc(len ?: 1), *at;

		memcpy(copy, &key, len);
		as_text(text, sizeof(text), &(struct cvalue){&t, copy, len});
		for (nr_missing = 0, at = text; (at = strstr(at, "=-")); at++)
			nr_missing += at[2] == ' ' || !at[2];
		/* Only the padding behind the last field is not missed. */
		if (len >= offsetof(struct key, daddr) + 16)
			assert_string_equal(text, whole);
		else
			assert_true(nr_missing > 0);
		as_json(text, sizeof(text), &(struct cvalue){&t, copy, len});
		free(copy);
	}
	as_json(text, sizeof(text), &(struct cvalue){&t, &key, 0});
	assert_string_equal(text, "{\"name\":null,\"pid\":null,\"slot\":null,"
				  "\"in.a\":null,\"in.b\":null,\"q\":null,"
				  "\"w\":null,\"low\":null,\"high\":null,"
				  "\"big\":null,\"is_on\":null,\"p\":null,"
				  "\"saddr\":null,\"daddr\":null}");
}

static void test_every_cut_of_a_description(void **state)
{
	static struct ctype t;
	size_t len;

	for (len = 0; len < sizeof(key_desc) - 1; len++) {
		char *copy = malloc(len + 1);

		memcpy(copy, key_desc, len);
		copy[len] = 0;
		assert_int_equal(ctype_from_json(&t, copy, sizeof(key)),
				 -EINVAL);
		assert_int_equal(t.nr, 1);
		assert_int_equal(t.size, sizeof(key));
		assert_int_equal(t.f[0].kind, CFIELD_BYTES);
		free(copy);
	}
}

/* Bit fields, and packed structs. */
static const struct {
	const char *desc;
	size_t size; /* 0: it makes no sense */
	size_t nr, last_offset, last_bit;
} layouts[] = {
	{"\"int\"", 4, 1, 0, 0},
	{"\"unsigned long long\"", 8, 1, 0, 0},
	{"[\"s\", [[\"a\",\"unsigned char\"], [\"b\",\"unsigned int\"]], "
	 "\"struct\"]",
	 8, 2, 4, 0},
	{"[\"s\", [[\"a\",\"unsigned char\"], [\"b\",\"unsigned int\"]], "
	 "\"struct_packed\"]",
	 5, 2, 1, 0},
	{"[\"s\", [[\"a\",\"unsigned char\"], [\"b\",\"unsigned int\"]], "
	 "\"union\"]",
	 4, 2, 0, 0},
	{"[\"s\", [[\"a\",\"int\",20], [\"b\",\"int\",20]], \"struct\"]", 8, 2,
	 4, 0},
	{"[\"s\", [[\"a\",\"int\",20], [\"b\",\"int\",12]], \"struct\"]", 4, 2,
	 0, 20},
	{"[\"s\", [[\"a\",\"char\",[3]], [\"b\",\"short\"]], \"struct\"]", 6, 2,
	 4, 0},
	{"[\"s\", [], \"struct\"]", 0, 0, 0, 0},
	{"\"struct foo\"", 0, 0, 0, 0},
	{"\"int\" ", 0, 0, 0, 0},
	{"\"int\"\"int\"", 0, 0, 0, 0},
	{"[\"s\", [[\"a\",\"int\",33]], \"struct\"]", 0, 0, 0, 0},
	{"[\"s\", [[\"a\",\"int\",0]], \"struct\"]", 0, 0, 0, 0},
	{"[\"s\", [[\"a\",\"int\",[0]]], \"struct\"]", 0, 0, 0, 0},
	{"[\"s\", [[\"a\",\"int\",[99999999999]]], \"struct\"]", 0, 0, 0, 0},
	{"[\"s\", [[\"a\",\"int\",[2000000]]], \"struct\"]", 0, 0, 0, 0},
	{"[\"s\", [[\"a\",\"int\"]], \"class\"]", 0, 0, 0, 0},
	{"[\"s\", [[\"a\",\"int\"], \"struct\"]", 0, 0, 0, 0},
	{"[\"s\", [[\"a\",[\"t\", [[\"b\",\"char\"]], \"struct\"],[2]]], "
	 "\"struct\"]",
	 2, 1, 0, 0},
	{"", 0, 0, 0, 0},
	{NULL, 0, 0, 0, 0},
};

static void test_layouts(void **state)
{
	static struct ctype t;
	size_t i;

	for (i = 0; i < NR(layouts); i++) {
		size_t size = layouts[i].size ?: 4;
		int ret = ctype_from_json(&t, layouts[i].desc, size);

		if (ret != (layouts[i].size ? 0 : -EINVAL))
			fail_msg("%zu: %s", i, layouts[i].desc);
		if (ret)
			continue;
		assert_int_equal(t.nr, layouts[i].nr);
		assert_int_equal(t.f[t.nr - 1].offset, layouts[i].last_offset);
		assert_int_equal(t.f[t.nr - 1].bit, layouts[i].last_bit);
		/* What does not come out as what the map has is not believed. */
		assert_int_equal(ctype_from_json(&t, layouts[i].desc, size + 1),
				 -EINVAL);
	}
}

static void test_deep_nesting(void **state)
{
	static struct ctype t;
	char desc[4096] = "";
	int i;

	for (i = 0; i < 300; i++)
		strcat(desc, "[\"s\",[[\"a\",");
	assert_int_equal(ctype_from_json(&t, desc, 4), -EINVAL);
}

struct event {
	uint64_t ts;
	uint32_t pid;
	char comm[16];
	int8_t delta;
	uint16_t ports[2];
	const void *p;
	uint8_t mac[6];
};

static void test_event(void **state)
{
	static struct ctype t;
	const struct event e = {.ts = 5,
				.pid = 6,
				.comm = "a\nb\"c",
				.delta = -1,
				.ports = {80, 443},
				.p = (void *)0xffff888000000000,
				.mac = {2, 0, 0, 0, 0, 0xff}};
	char text[256];

	ctype_from_event(&t, "ts#u64\npid#u32\ncomm#char[16]\ndelta#s8\n"
			     "ports#u16[2]\np#const void *\nmac#u8[6]\n");
	assert_int_equal(t.nr, 7);
	assert_int_equal(t.size, sizeof(e));
	as_text(text, sizeof(text), &(struct cvalue){&t, &e, sizeof(e)});
	assert_string_equal(text, "ts=5 pid=6 comm=a?b\"c delta=-1 "
				  "ports=80,443 p=0xffff888000000000 "
				  "mac=02:00:00:00:00:ff");
	as_json(text, sizeof(text), &(struct cvalue){&t, &e, sizeof(e)});
	assert_string_equal(text,
			    "{\"ts\":5,\"pid\":6,\"comm\":\"a\\u000ab\\\"c\","
			    "\"delta\":-1,\"ports\":[80,443],"
			    "\"p\":\"0xffff888000000000\","
			    "\"mac\":\"02:00:00:00:00:ff\"}");
}

/* What nobody knows the size of takes the rest along. */
static void test_event_of_unknown_types(void **state)
{
	static struct ctype t;
	const uint8_t raw[] = {1, 0, 0, 0, 2, 3, 4, 5};
	char text[256];
	static const struct {
		const char *lines, *text;
	} events[] = {
		{"pid#u32\nx#struct foo\n", "pid=1 rest=02:03:04:05"},
		{"x#struct foo\npid#u32\n", "rest=01:00:00:00:02:03:04:05"},
		{"pid#u32\nx#char[\n", "pid=1 rest=02:03:04:05"},
		{"pid#u32\nx\n", "pid=1 rest=02:03:04:05"},
		{"c#enum col\nb#bool\n", "c=1 b=2"},
		{NULL, "01:00:00:00:02:03:04:05"},
		{"", ""},
	};
	size_t i;

	for (i = 0; i < NR(events); i++) {
		ctype_from_event(&t, events[i].lines);
		as_text(text, sizeof(text),
			&(struct cvalue){&t, raw, sizeof(raw)});
		assert_string_equal(text, events[i].text);
	}
}

static void test_scalars(void **state)
{
	static const struct {
		const char *desc;
		size_t size;
		const char *text;
	} values[] = {
		{"\"char\"", 1, "-1"},
		{"\"unsigned char\"", 1, "255"},
		{"\"short\"", 2, "-1"},
		{"\"unsigned short\"", 2, "65535"},
		{"\"int\"", 4, "-1"},
		{"\"unsigned int\"", 4, "4294967295"},
		{"\"long\"", 8, "-1"},
		{"\"unsigned long\"", 8, "18446744073709551615"},
		{"\"__int128\"", 16, "-1"},
		{"\"unsigned __int128\"", 16,
		 "340282366920938463463374607431768211455"},
		{"\"int\"", 3, "ff:ff:ff"},
	};
	static struct ctype t;
	char raw[16], text[64];
	size_t i;

	memset(raw, 0xff, sizeof(raw));
	for (i = 0; i < NR(values); i++) {
		ctype_from_json(&t, values[i].desc, values[i].size);
		as_text(text, sizeof(text),
			&(struct cvalue){&t, raw, values[i].size});
		assert_string_equal(text, values[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_every_cut_of_a_value),
		cmocka_unit_test(test_every_cut_of_a_description),
		cmocka_unit_test(test_layouts),
		cmocka_unit_test(test_deep_nesting),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_event_of_unknown_types),
		cmocka_unit_test(test_scalars),
	};

	return cmocka_run_group_tests_name("ctype", tests, NULL, NULL);
}
