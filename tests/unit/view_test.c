// SPDX-License-Identifier: GPL-2.0
/*
 * What the views share: the column table, which holds text and JSON together
 * field by field, addresses, and the summary in words.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdlib.h>

#include "unit/view_print.h"
#include "view/addr.h"
#include "view/columns.h"

#define VALUE_SIZE 128

/* What every field of any schema must be, whatever the tool. */
static void check_field(const struct field *f, const struct field *first)
{
	const struct column *c = f->column;
	char prefix[COLUMN_PREFIX + 8];

	assert_in_range(snprintf(prefix, sizeof(prefix), ",\"%s\":", c->key), 5,
			COLUMN_PREFIX);
	assert_string_equal(c->prefix, prefix);
	assert_int_equal(c->prefix_len, strlen(prefix));
	assert_int_equal(f->width > 0, f->place == PLACE_CELL);
	if (f->place == PLACE_CELL)
		assert_in_range(strlen(c->title), 1, f->width + 2);
	if (f->place == PLACE_JOINED)
		assert_ptr_not_equal(f, first);
	/* Each format has something to write. */
	assert_true(c->number || c->string || (c->text && c->json));
	assert_false(c->number && c->string);
}

static unsigned nr_cells(const struct schema *schema)
{
	const struct field *f, *other;
	unsigned nr = 0;

	for (f = schema->fields; f->column; f++) {
		check_field(f, schema->fields);
		nr += f->place == PLACE_CELL;
		for (other = schema->fields; other < f; other++)
			assert_string_not_equal(other->column->key,
						f->column->key);
	}
	assert_in_range(f - schema->fields, 1, MAX_COLUMNS);
	return nr;
}

static void every_schema_is_whole(void **state)
{
	const struct schema *const *i;

	for (i = schemas; *i; i++) {
		assert_non_null((*i)->type);
		assert_non_null((*i)->noun);
		assert_non_null((*i)->nouns);
		assert_in_range(nr_cells(*i), 1, MAX_CELLS);
		assert_int_equal(schema_width(*i), ROW_WIDTH);
	}
	assert_int_equal(i - schemas, 6);
	assert_int_equal(nr_cells(&schema_packet), 10);
	assert_int_equal(nr_cells(&schema_owned_packet), 11);
	assert_int_equal(ROW_WIDTH, 100);
}

/* How the text says what the JSON says, where it is not the same word. */

static void time_as_text(const char *json, char *text)
{
	/* "2026-01-02T03:04:05.123456789Z" */
	sprintf(text, "%.12s", json + 12);
}

static void dir_as_text(const char *json, char *text)
{
	strcpy(text, strcmp(json, "\"in\"") ? ">" : "<");
}

static void addr_as_text(const char *json, char *text)
{
	int len = strlen(json) - 2;

	sprintf(text, strchr(json, ':') ? "[%.*s]" : "%.*s", len, json + 1);
}

static void port_as_text(const char *json, char *text)
{
	sprintf(text, ":%s", json);
}

static void flags_as_text(const char *json, char *text)
{
	const struct flag_name *f;
	char name[16];

	for (f = flag_names; f->bit; f++) {
		snprintf(name, sizeof(name), "\"%s\"", f->name);
		if (strstr(json, name))
			*text++ = f->letter;
	}
	*text = '\0';
}

static void same_as_text(const char *json, char *text)
{
	if (json[0] == '"')
		sprintf(text, "%.*s", (int)strlen(json) - 2, json + 1);
	else
		strcpy(text, json);
}

static const struct {
	const char *key;
	void (*as_text)(const char *json, char *text);
} translations[] = {
	{"ts", time_as_text},	  {"dir", dir_as_text},
	{"saddr", addr_as_text},  {"daddr", addr_as_text},
	{"sport", port_as_text},  {"dport", port_as_text},
	{"flags", flags_as_text},
};

static void as_text(const char *key, const char *json, char *text)
{
	size_t i;

	for (i = 0; i < sizeof(translations) / sizeof(translations[0]); i++) {
		if (strcmp(translations[i].key, key))
			continue;
		translations[i].as_text(json, text);
		return;
	}
	same_as_text(json, text);
}

/* The value of KEY in LINE as it stands there, or false. */
static bool json_value(const char *line, const char *key, char *value)
{
	char name[32];
	size_t len;
	const char *s;

	snprintf(name, sizeof(name), ",\"%s\":", key);
	s = strstr(line, name);
	if (!s)
		return false;
	s += strlen(name);
	if (*s == '[' || *s == '"')
		len = strcspn(s + 1, *s == '[' ? "]" : "\"") + 2;
	else
		len = strcspn(s, ",}");
	assert_true(len < VALUE_SIZE);
	snprintf(value, VALUE_SIZE, "%.*s", (int)len, s);
	return true;
}

/* What a text row must be, word by word, when this is its JSON. */
static unsigned row_of_json(const char *json, bool is_word, char *row)
{
	char value[VALUE_SIZE], text[VALUE_SIZE];
	const struct column *c;
	const struct field *f;
	unsigned nr = 0;

	for (f = schema_packet.fields; (c = f->column); f++) {
		if ((f->place == PLACE_WORD) != is_word ||
		    !json_value(json, c->key, value))
			continue;
		nr++;
		as_text(c->key, value, text);
		if (is_word)
			row += sprintf(row, " %s=%s", c->key, text);
		else if (f->place == PLACE_JOINED)
			row += sprintf(row, "%s", text);
		else
			row += sprintf(row, " %s", text);
	}
	return nr;
}

static void squash_blanks(char *to, const char *from)
{
	for (; *from && *from != '\n'; from++)
		if (*from != ' ' || from[1] != ' ')
			*to++ = *from;
	*to = '\0';
}

static unsigned count_keys(const char *json)
{
	unsigned nr = 0;

	while ((json = strstr(json, "\":"))) {
		nr++;
		json += 2;
	}
	return nr;
}

static void check_together(const struct record *rec)
{
	struct view text = {.ops = &view_text,
			    .schema = &schema_packet,
			    .opts = {.want_all = true,
				     .want_raw_seq = true,
				     .is_utc = true}};
	struct view json = {.ops = &view_json, .schema = &schema_packet};
	char line[1024], row[1024], want[1024];
	unsigned nr;

	strcpy(line, print(&json, RECORD, rec));
	squash_blanks(row, print(&text, RECORD, rec));
	nr = row_of_json(line, false, want);
	nr += row_of_json(line, true, want + strlen(want));
	assert_string_equal(row, want + 1);
	assert_int_equal(count_keys(line), nr + 1); /* and "type" */
}

static void text_and_json_say_the_same(void **state)
{
	struct record rec = ip4_record();
	uint16_t flag;

	check_together(&rec);
	rec.is_out = true;
	rec.hook = "tracepoint";
	rec.ifname = "wlan0";
	rec.has_vlan = true;
	rec.vlan = 4094;
	check_together(&rec);
	rec.has_mss = true;
	rec.mss = 536;
	check_together(&rec);
	for (flag = TCP_FIN; flag <= TCP_AE; flag <<= 1) {
		rec.flags = flag | TCP_ACK;
		check_together(&rec);
	}
	rec.has_owner = true;
	rec.pid = 4242;
	rec.uid = 33;
	rec.comm = "nginx";
	check_together(&rec);
	rec.owner_is_listener = rec.has_netns = true;
	rec.netns = 4026531840;
	rec.cgroup = "/system.slice/nginx.service";
	rec.reason = "TCP_CSUM";
	check_together(&rec);
	rec = ip6_record();
	check_together(&rec);
	rec.win = rec.sport = rec.dport = rec.ttl = 0;
	rec.len = rec.wirelen = 0;
	check_together(&rec);
}

static void check_addr(int ip, const uint8_t *addr)
{
	char text[ADDR_MAX + 1] = {0}, want[INET6_ADDRSTRLEN];
	struct buf b = {text, text + ADDR_MAX};

	addr_put(&b, ip, addr);
	inet_ntop(ip == 4 ? AF_INET : AF_INET6, addr, want, sizeof(want));
	assert_string_equal(text, want);
}

/* Bit i of MASK: group i is not zero. Every pattern of zeros there is. */
static void fill_groups(uint8_t addr[16], unsigned mask, unsigned round)
{
	unsigned i, group;

	for (i = 0; i < 8; i++) {
		group = mask >> i & 1 ? 0xfedc >> round % 5 * 4 : 0;
		if (mask >> i & 1 && round >= 5)
			group = round == 5 ? 0xffff : 0x1000 >> i;
		addr[2 * i] = group >> 8;
		addr[2 * i + 1] = group;
	}
}

static void addresses_are_as_inet_ntop_has_them(void **state)
{
	uint8_t addr[16];
	unsigned mask, round, i;

	for (mask = 0; mask < 256; mask++) {
		for (round = 0; round < 7; round++) {
			fill_groups(addr, mask, round);
			check_addr(6, addr);
		}
	}
	for (i = 0; i < 256; i++) {
		memset(addr, i, 4);
		addr[1] = 255 - i;
		check_addr(4, addr);
	}
}

/* V, with room for SIZE bytes: what is there of it, and no byte behind. */
static void check_number(uint64_t v, size_t size)
{
	char text[64], want[32];
	struct buf b = {text, text + size};
	size_t len = snprintf(want, sizeof(want), "%" PRIu64, v);

	memset(text, '#', sizeof(text));
	buf_u64(&b, v);
	assert_int_equal(b.pos - text, len < size ? len : size);
	assert_memory_equal(text, want, b.pos - text);
	assert_int_equal(text[size], '#');
}

static void numbers_are_as_printf_has_them(void **state)
{
	uint64_t ten, v;
	int i;

	for (v = 0; v < 100000; v++)
		check_number(v, 20);
	for (ten = 1, i = 0; i < 20; i++, ten *= 10) {
		check_number(ten - 1, 20);
		check_number(ten, 40);
		check_number(ten + ten / 7, 19);
		check_number(ten, i);
	}
	for (v = UINT64_MAX; v; v = v / 3 * 2) {
		check_number(v, 20);
		check_number(v, 7);
	}
}

static const char *in_words(const struct summary *summary, uint64_t in_flight)
{
	struct summary s = *summary;
	static char text[512];
	FILE *f = fmemopen(text, sizeof(text), "w");

	assert_non_null(f);
	s.schema = s.schema ?: &schema_packet;
	summary_print(f, &s, in_flight);
	fclose(f);
	return text;
}

static void nothing_lost(void **state)
{
	struct summary s = {
		.seen = 184, .filtered = 161, .matched = 23, .shown = 23};

	assert_string_equal(in_words(&s, 0),
			    "23 packets shown of 23 matched, 184 seen "
			    "(161 filtered out), nothing lost\n");
	s = (struct summary){.seen = 1, .matched = 1, .shown = 1};
	assert_string_equal(in_words(&s, 0),
			    "1 packet shown of 1 matched, 1 seen "
			    "(0 filtered out), nothing lost\n");
	s.schema = &(const struct schema){.noun = "attempt"};
	assert_memory_equal(in_words(&s, 0), "1 attempt shown of 1 ", 21);
	s = (struct summary){.seen = 0};
	assert_string_equal(in_words(&s, 0),
			    "0 packets shown of 0 matched, 0 seen "
			    "(0 filtered out), nothing lost\n");
	s = (struct summary){
		.seen = 9, .filtered = 4, .matched = 5, .shown = 2};
	assert_string_equal(in_words(&s, 3),
			    "2 packets shown of 5 matched, 9 seen "
			    "(4 filtered out), 3 in flight, nothing lost\n");
}

static void lost_at_each_stage(void **state)
{
	struct summary s = {.seen = 100,
			    .filtered = 50,
			    .matched = 50,
			    .shown = 33,
			    .lost_ring = 12,
			    .lost_view = 5,
			    .try_pages = 1024};

	assert_string_equal(in_words(&s, 0),
			    "33 packets shown of 50 matched, 100 seen "
			    "(50 filtered out)\n"
			    "LOST 17: 12 ring buffer full (try --pages 1024), "
			    "5 not written\n");
	s.lost_submit = 1;
	s.lost_ring = 0;
	s.shown = 44;
	assert_string_equal(in_words(&s, 0),
			    "44 packets shown of 50 matched, 100 seen "
			    "(50 filtered out)\n"
			    "LOST 6: 1 not submitted, 5 not written\n");
	s = (struct summary){
		.seen = 9, .matched = 9, .shown = 1, .lost_ring = 1};
	assert_string_equal(in_words(&s, 7),
			    "1 packet shown of 9 matched, 9 seen "
			    "(0 filtered out), 7 in flight\n"
			    "LOST 1: 1 ring buffer full\n");
	s.lost_owner = 7;
	assert_int_equal(summary_lost(&s), 8);
	assert_string_equal(in_words(&s, 0),
			    "1 packet shown of 9 matched, 9 seen "
			    "(0 filtered out)\n"
			    "LOST 8: 1 ring buffer full, "
			    "7 of an unknown process\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_schema_is_whole),
		cmocka_unit_test(text_and_json_say_the_same),
		cmocka_unit_test(addresses_are_as_inet_ntop_has_them),
		cmocka_unit_test(numbers_are_as_printf_has_them),
		cmocka_unit_test(nothing_lost),
		cmocka_unit_test(lost_at_each_stage),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
