// SPDX-License-Identifier: GPL-2.0
/* Records for programs: exact lines, strings from outside, payloads. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "unit/view_print.h"
#include "view/columns.h"
#include "view/escape.h"

static struct view json_view(void)
{
	return (struct view){.ops = &view_json, .schema = &schema_packet};
}

static void nothing_at_the_beginning(void **state)
{
	struct view v = json_view();

	assert_string_equal(print(&v, BEGIN, NULL), "");
}

static void ip4_line(void **state)
{
	struct view v = json_view();
	struct record rec = ip4_record();

	rec.has_vlan = rec.has_mss = true;
	rec.vlan = 100;
	rec.mss = 1460;
	assert_string_equal(
		print(&v, RECORD, &rec),
		"{\"type\":\"packet\",\"ts\":\"2026-01-02T03:04:05.123456789Z\","
		"\"hook\":\"socket\",\"ifname\":\"eth0\",\"dir\":\"in\",\"ip\":4,"
		"\"saddr\":\"198.51.100.7\",\"sport\":40000,"
		"\"daddr\":\"192.0.2.1\",\"dport\":80,"
		"\"flags\":[\"PSH\",\"ACK\"],\"seq\":3000000001,"
		"\"ack\":4000000001,\"win\":502,\"len\":100,\"wirelen\":152,"
		"\"ttl\":57,\"vlan\":100,\"mss\":1460}\n");
}

static void ip6_line(void **state)
{
	struct view v = json_view();
	struct record rec = ip6_record();

	rec.is_out = true;
	rec.flags = 0;
	assert_string_equal(
		print(&v, RECORD, &rec),
		"{\"type\":\"packet\",\"ts\":\"2026-01-02T03:04:05.123456789Z\","
		"\"hook\":\"socket\",\"ifname\":\"eth0\",\"dir\":\"out\",\"ip\":6,"
		"\"saddr\":\"2001:db8:1111:2222:3333:4444:5555:6666\","
		"\"sport\":40000,"
		"\"daddr\":\"2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff\","
		"\"dport\":80,\"flags\":[],\"seq\":3000000001,"
		"\"ack\":4000000001,\"win\":502,\"len\":100,\"wirelen\":152,"
		"\"ttl\":57}\n");
}

static void owner(void **state)
{
	struct view v = json_view();
	struct record rec = ip4_record();
	const char *s;

	rec.has_owner = true;
	rec.pid = 4242;
	rec.uid = 33;
	rec.comm = "a\"b\n";
	s = strstr(print(&v, RECORD, &rec), "\"ttl\"");
	assert_string_equal(s, "\"ttl\":57,\"pid\":4242,"
			       "\"comm\":\"a\\\"b\\u000a\",\"uid\":33}\n");
	rec.owner_is_listener = rec.has_netns = true;
	rec.has_vlan = rec.has_mss = true;
	rec.vlan = 7;
	rec.mss = 1460;
	rec.netns = UINT64_MAX;
	rec.cgroup = "/docker/0123";
	s = strstr(print(&v, RECORD, &rec), "\"uid\"");
	assert_string_equal(s, "\"uid\":33,\"netns\":18446744073709551615,"
			       "\"vlan\":7,\"mss\":1460,"
			       "\"cgroup\":\"/docker/0123\","
			       "\"owner\":\"listener\"}\n");
	rec.has_owner = false; /* nobody's listener */
	rec.has_netns = false;
	s = strstr(print(&v, RECORD, &rec), "\"ttl\"");
	assert_string_equal(s, "\"ttl\":57,\"vlan\":7,\"mss\":1460,"
			       "\"cgroup\":\"/docker/0123\"}\n");
}

/* Neither the terminal nor what people asked for changes JSON. */
static void text_options_do_not_matter(void **state)
{
	struct view v = json_view();
	struct record rec = ip4_record();
	char plain[1024];

	strcpy(plain, print(&v, RECORD, &rec));
	v.opts = (struct view_opts){.want_colour = true,
				    .want_raw_seq = true,
				    .want_all = true,
				    .width = 40};
	rec.rel_seq = rec.rel_ack = 7;
	assert_string_equal(print(&v, RECORD, &rec), plain);
}

static void payloads(void **state)
{
	static const uint8_t bytes[1000] = {0x00, 0x7f, 0xff, '"'};
	struct view v = json_view();
	struct record rec = ip4_record();
	const char *s;

	rec.payload = bytes;
	rec.payload_len = rec.len = 4;
	assert_null(strstr(print(&v, RECORD, &rec), "payload"));
	v.opts.want_hex = true;
	s = strstr(print(&v, RECORD, &rec), ",\"payload");
	assert_string_equal(s, ",\"payload\":\"007fff22\"}\n");
	rec.len = 5;
	s = strstr(print(&v, RECORD, &rec), ",\"payload");
	assert_string_equal(s, ",\"payload\":\"007fff22\","
			       "\"payload_truncated\":true}\n");
	rec.payload_len = rec.len = 0;
	s = strstr(print(&v, RECORD, &rec), ",\"payload");
	assert_string_equal(s, ",\"payload\":\"\"}\n");
	rec.payload_len = rec.len = sizeof(bytes);
	s = strstr(print(&v, RECORD, &rec), ",\"payload");
	assert_int_equal(strlen(s), strlen(",\"payload\":\"\"}\n") + 2000);
	assert_int_equal(strspn(s + 12 + 8, "0"), 1992);
	rec.payload = NULL;
	assert_null(strstr(print(&v, RECORD, &rec), "payload"));
}

static void check_escape(const char *s, const char *want)
{
	char text[ESCAPE_MAX + 1] = {0};
	struct buf b = {text, text + ESCAPE_MAX};

	escape_json(&b, s);
	assert_string_equal(text, want);
}

static void strings(void **state)
{
	check_escape("", "\"\"");
	check_escape("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
	check_escape("\x01\n\t\x1f\x7f",
		     "\"\\u0001\\u000a\\u0009\\u001f\\u007f\"");
	check_escape("\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7",
		     "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\"");
	check_escape("\xc2\x9b", "\"\\u009b\""); /* C1: CSI */
	check_escape("\xc2\xa0", "\"\xc2\xa0\"");
	check_escape("\xff\x80", "\"\\ufffd\\ufffd\"");
	check_escape("\xe2\x82", "\"\\ufffd\\ufffd\""); /* cut off */
	check_escape("\xc3(", "\"\\ufffd(\"");
	check_escape("\xc0\xaf", "\"\\ufffd\\ufffd\""); /* overlong */
	check_escape("\xe0\x80\xaf", "\"\\ufffd\\ufffd\\ufffd\"");
	check_escape("\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""); /* D800 */
	check_escape("\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\"");
	check_escape("\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

/* Strings as long as a path can be, all of them at their worst. */
static void longest_line(void **state)
{
	struct view v = json_view();
	struct record rec = ip6_record();
	char name[ESCAPE_LEN + 100], *s;
	size_t i;

	memset(name, 0xff, sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	rec.hook = rec.ifname = rec.comm = rec.cgroup = name;
	rec.flags = 0x1ff;
	rec.seq = rec.ack = rec.len = rec.wirelen = UINT32_MAX;
	rec.has_vlan = rec.has_mss = rec.has_owner = rec.has_netns = true;
	rec.netns = UINT64_MAX;
	print(&v, RECORD, &rec);
	for (s = printed, i = 0; (s = strstr(s, "\\ufffd")); s += 6)
		i++;
	assert_int_equal(i, 4 * ESCAPE_LEN);
	s = printed + strlen(printed) - 9;
	assert_string_equal(s, "\\ufffd\"}\n");
	assert_non_null(strstr(printed, ",\"netns\":18446744073709551615,"
					"\"vlan\":0,\"mss\":0,\"cgroup\":"));
}

/* A row of another tool: a record in front, fields of its own behind. */

struct life {
	struct record rec;
	uint64_t rx_bytes;
	const char *closed_by;
};

COLUMN_NUMBER(struct life, rx_bytes)
COLUMN_STRING(struct life, closed_by)

static const struct column rx_bytes = {
	COLUMN_KEY("rx_bytes"), COLUMN_RIGHT("RX"), .number = number_rx_bytes};
static const struct column closed_by = {
	COLUMN_KEY("closed_by"), COLUMN_LEFT("BY"), .string = string_closed_by};
static const struct field life_fields[] = {
	CELL(&column_ts, 12), CELL(&column_saddr, 21), JOINED(&column_sport),
	CELL(&rx_bytes, 8),   CELL(&closed_by, 6),     FIELDS_END,
};
static const struct schema schema_life = {"connection", "connection",
					  "connections", life_fields};

static void row_of_another_schema(void **state)
{
	struct view v = {
		.ops = &view_json, .schema = &schema_life, .opts.is_utc = true};
	struct life l = {ip4_record(), UINT64_MAX, "a\tb"};

	assert_string_equal(print(&v, RECORD, &l.rec),
			    "{\"type\":\"connection\","
			    "\"ts\":\"2026-01-02T03:04:05.123456789Z\","
			    "\"saddr\":\"198.51.100.7\",\"sport\":40000,"
			    "\"rx_bytes\":18446744073709551615,"
			    "\"closed_by\":\"a\\u0009b\"}\n");
	v.ops = &view_text;
	v.clock.text[0] = '\0';
	assert_int_equal(schema_width(&schema_life), 50);
	assert_string_equal(print(&v, BEGIN, NULL),
			    "TIME         SRC                         RX BY\n");
	l.rx_bytes = 1;
	assert_string_equal(
		print(&v, RECORD, &l.rec),
		"03:04:05.123 198.51.100.7:40000           1 a?b\n");
}

static void summary_line(void **state)
{
	struct view v = json_view();
	struct summary s = {
		.seen = 200,
		.filtered = 100,
		.matched = 100,
		.shown = 40,
		.lost_submit = 10,
		.lost_ring = 20,
		.lost_view = 30,
		.hooks = {{"socket", "", 150, 70}, {"xdp", "e\"0", 50, 30}},
		.nr_hooks = 2,
	};

	assert_string_equal(
		print(&v, END, &s),
		"{\"type\":\"summary\",\"seen\":200,\"filtered\":100,"
		"\"matched\":100,\"shown\":40,"
		"\"lost\":{\"submit\":10,\"ring\":20,\"view\":30},"
		"\"hooks\":[{\"hook\":\"socket\",\"seen\":150,\"matched\":70},"
		"{\"hook\":\"xdp\",\"ifname\":\"e\\\"0\",\"seen\":50,"
		"\"matched\":30}]}\n");
	assert_string_equal(
		print(&v, END, &(struct summary){.seen = UINT64_MAX}),
		"{\"type\":\"summary\",\"seen\":18446744073709551615,"
		"\"filtered\":0,\"matched\":0,\"shown\":0,"
		"\"lost\":{\"submit\":0,\"ring\":0,\"view\":0},\"hooks\":[]}\n");
	/* A filter by process has a stage of its own. */
	s = (struct summary){
		.matched = 3, .lost_owner = 3, .needs_owner = true};
	assert_string_equal(
		print(&v, END, &s),
		"{\"type\":\"summary\",\"seen\":0,\"filtered\":0,"
		"\"matched\":3,\"shown\":0,"
		"\"lost\":{\"submit\":0,\"ring\":0,\"owner\":3,\"view\":0},"
		"\"hooks\":[]}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_at_the_beginning),
		cmocka_unit_test(ip4_line),
		cmocka_unit_test(ip6_line),
		cmocka_unit_test(owner),
		cmocka_unit_test(text_options_do_not_matter),
		cmocka_unit_test(payloads),
		cmocka_unit_test(strings),
		cmocka_unit_test(longest_line),
		cmocka_unit_test(row_of_another_schema),
		cmocka_unit_test(summary_line),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
