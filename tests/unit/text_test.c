// SPDX-License-Identifier: GPL-2.0
/* Rows for people: columns, what gives way when they do not fit, colours. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "unit/view_print.h"

#define HEADER                                                        \
	"TIME         IF     D SRC                   DST            " \
	"       FLAGS     SEQ      ACK   WIN   LEN"

static struct view text_view(void)
{
	return (struct view){.ops = &view_text,
			     .schema = &schema_packet,
			     .opts.is_utc = true};
}

static const char *row(struct view *v, const struct record *rec)
{
	return print(v, RECORD, rec);
}

#define OWNED_HEADER                                              \
	"TIME         IF    D SRC                 DST           " \
	"    FLAGS    SEQ      ACK   WIN   LEN PROC"

static void header(void **state)
{
	struct view v = text_view();

	assert_string_equal(print(&v, BEGIN, NULL), HEADER "\n");
	assert_int_equal(strlen(HEADER), 100);
	v.opts.want_colour = true;
	assert_string_equal(print(&v, BEGIN, NULL),
			    "\033[2m" HEADER "\033[0m\n");
	assert_string_equal(print(&v, END, NULL), "");
	v = text_view();
	v.schema = &schema_owned_packet;
	assert_string_equal(print(&v, BEGIN, NULL), OWNED_HEADER "\n");
}

/*
 * A row of ip4_record(), or of ip6_record(), but for what is named here. Zero
 * and NULL: as it is there. What is put into a cell must not move the cursor.
 */
struct row_case {
	const char *name;
	/* The record. */
	bool is_ip6, is_out, has_owner, is_listener, has_more;
	int flags; /* -1: none */
	uint32_t len;
	uint16_t win, sport, dport;
	const char *ifname, *saddr, *daddr;
	const char *comm; /* of an owner; NULL: its name is not known */
	/* The view. */
	bool has_proc, want_raw, want_all;
	unsigned width;
	const char *want;
};

#define TIME "03:04:05.123 "
#define LONG_NAME "enp129s0f1np1.4"
#define LONG_SADDR "192.168.100.200"
#define LONG_DADDR "192.168.100.100"
#define SRC6 "[2001:db8:1111:2222:3333:4444:5555:6666]:40000"
#define DST6 "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:80"
#define ENDS "198.51.100.7:40000    192.0.2.1:80          "
#define OWNED_ENDS "198.51.100.7:40000  192.0.2.1:80      "
#define LONG_ENDS "< 192.168.100.200:40000 192.168.100.100:80 "
#define RAW "PA 3000000001 4000000001 "
#define ALL_WORDS " hook=socket ip=4 wirelen=152 ttl=57"

/* clang-format off */
#define OWNED .has_proc = true, .has_owner = true
#define LONG_OWNED OWNED, .comm = "postgres", .want_raw = true, \
	.ifname = "enp1s0", .saddr = LONG_SADDR, .daddr = LONG_DADDR
#define BROKEN_ROW TIME "eth0   < " SRC6 "\n                      " DST6 \
	" PA          1        1   502   100\n"

static const struct row_case rows[] = {
	{"plain", .want =
	 TIME "eth0   < " ENDS "PA          1        1   502   100\n"},
	{"outgoing, no flags, no interface", .is_out = true, .flags = -1,
	 .ifname = "", .want =
	 TIME "-      > " ENDS "-           1        -   502   100\n"},
	{"raw numbers", .want_raw = true, .len = UINT32_MAX, .want =
	 TIME "eth0   < " ENDS "PA   3000000001 4000000001 502   0\n"},

	/* What is too long pushes, and padding makes up for it. */
	{"a long name, padding behind the addresses", .ifname = LONG_NAME,
	 .want = TIME LONG_NAME " < 198.51.100.7:40000 192.0.2.1:80"
	 "    PA          1        1   502   100\n"},
	{"padding in front goes before a name is cut", .want_raw = true,
	 .win = 65535, .len = 1448, .want =
	 TIME "eth0   < 198.51.100.7:40000    192.0.2.1:80         "
	 RAW "65535 1448\n"},
	{"a name is cut", .want_raw = true, .ifname = LONG_NAME,
	 .saddr = LONG_SADDR, .daddr = LONG_DADDR, .sport = 50000,
	 .dport = 8080, .len = 1448, .want =
	 TIME "enp129s~ < 192.168.100.200:50000 192.168.100.100:8080 "
	 RAW "502 1448\n"},
	{"a name cannot move the cursor", .ifname = "\033[2J\x9b\xc2\x9b\t",
	 .want = TIME "?[2J???? < 198.51.100.7:40000  192.0.2.1:80   "
	 "       PA          1        1   502   100\n"},

	/* The last column: a process, in brackets who listens. */
	{"owner", OWNED, .comm = "nginx", .want =
	 TIME "eth0  < " OWNED_ENDS "PA         1        1   502   100 nginx\n"},
	{"listener", OWNED, .comm = "nginx", .is_listener = true, .want =
	 TIME "eth0  < " OWNED_ENDS
	 "PA         1        1   502   100 (nginx)\n"},
	{"no owner", .has_proc = true, .comm = "nginx", .want =
	 TIME "eth0  < " OWNED_ENDS "PA         1        1   502   100\n"},
	{"owner gone before its name was read", OWNED, .want =
	 TIME "eth0  < " OWNED_ENDS "PA         1        1   502   100\n"},
	{"owner without a name", OWNED, .comm = "", .want =
	 TIME "eth0  < " OWNED_ENDS "PA         1        1   502   100\n"},
	{"owner cannot move the cursor", OWNED, .comm = "a\033[\nb\xff ",
	 .want = TIME "eth0  < " OWNED_ENDS
	 "PA         1        1   502   100 a?[?b??\n"},

	/* The columns stay where they are, and the name gets what is left. */
	{"owner is cut", OWNED, .comm = "postgres", .want =
	 TIME "eth0  < " OWNED_ENDS
	 "PA         1        1   502   100 postgr~\n"},
	{"owner, raw numbers", OWNED, .comm = "postgres", .want_raw = true,
	 .want = TIME "eth0  < " OWNED_ENDS
	 "PA  3000000001 4000000001 502 100 postgr~\n"},
	{"owner, long addresses", LONG_OWNED, .want =
	 TIME "enp1s0 " LONG_ENDS RAW "502 100 pos~\n"},
	{"and a large window", LONG_OWNED, .win = 65535, .want =
	 TIME "enp1s0 " LONG_ENDS RAW "65535 100 p~\n"},
	{"and a longer payload", LONG_OWNED, .win = 65535, .len = 1448, .want =
	 TIME "enp1s0 " LONG_ENDS RAW "65535 1448 ~\n"},
	{"and the blank in front of it", LONG_OWNED, .win = 65535,
	 .len = 65535, .want =
	 TIME "enp1s0 " LONG_ENDS RAW "65535 65535\n"},

	/* IPv6: one line in a pipe, two on a terminal that is too narrow. */
	{"short IPv6 is aligned", .is_ip6 = true, .saddr = "2001:db8::10",
	 .daddr = "::1", .want =
	 TIME "eth0   < [2001:db8::10]:40000  [::1]:80       "
	 "       PA          1        1   502   100\n"},
	{"IPv6 in a pipe", .is_ip6 = true, .want =
	 TIME "eth0   < " SRC6 " " DST6 " PA 1 1 502 100\n"},
	{"IPv6 on 100 columns", .is_ip6 = true, .width = 100,
	 .want = BROKEN_ROW},
	{"IPv6 on 80: a row has 100 anyway", .is_ip6 = true, .width = 80,
	 .want = BROKEN_ROW},
	{"IPv6, one column too few", .is_ip6 = true, .width = 124,
	 .want = BROKEN_ROW},
	{"IPv6, just enough", .is_ip6 = true, .width = 125, .want =
	 TIME "eth0 < " SRC6 " " DST6 " PA 1 1 502 100\n"},
	{"owner of IPv6 in a pipe", OWNED, .is_ip6 = true,
	 .comm = "postgres: main", .want =
	 TIME "eth0  < " SRC6 " " DST6 " PA 1 1 502 100 postgres:?main\n"},
	{"owner of IPv6 on 100 columns", OWNED, .is_ip6 = true,
	 .comm = "postgres: main", .width = 100, .want =
	 TIME "eth0  < " SRC6 "\n                     " DST6
	 " PA   1        1   502   100 postgr~\n"},
	{"owner of IPv6 on 105", OWNED, .is_ip6 = true,
	 .comm = "postgres: main", .width = 105, .want =
	 TIME "eth0  < " SRC6 "\n                     " DST6
	 " PA   1        1   502   100 postgres:?m~\n"},
	{"owner of IPv6, one line with the name cut", OWNED, .is_ip6 = true,
	 .comm = "postgres: main", .width = 135, .want =
	 TIME "eth0  < " SRC6 " " DST6 " PA 1 1 502 100 postgre~\n"},

	/* -v */
	{"all fields", .want_all = true, .want =
	 TIME "eth0   < " ENDS "PA          1        1   502   100"
	 ALL_WORDS "\n"},
	{"all fields that there may be", .want_all = true, .has_more = true,
	 .want = TIME "eth0   < " ENDS "PA          1        1   502   100"
	 ALL_WORDS " netns=4026531840 vlan=0 mss=1460 cgroup=/a.slice/b?c\n"},
	{"all fields of an owner in its column", OWNED, .comm = "a b",
	 .want_all = true, .want =
	 TIME "eth0  < " OWNED_ENDS "PA         1        1   502   100 a?b"
	 ALL_WORDS " pid=4242 uid=33\n"},
	{"all fields of an owner without a column", .has_owner = true,
	 .is_listener = true, .comm = "a b", .want_all = true, .want =
	 TIME "eth0   < " ENDS "PA          1        1   502   100"
	 ALL_WORDS " pid=4242 comm=a?b uid=33 owner=listener\n"},
};
/* clang-format on */

static struct record record_of(const struct row_case *c)
{
	struct record rec = c->is_ip6 ? ip6_record() : ip4_record();

	if (c->saddr)
		set_ends(&rec, rec.ip, c->saddr, c->daddr);
	rec.is_out = c->is_out;
	rec.ifname = c->ifname ?: rec.ifname;
	rec.flags = !c->flags ? rec.flags : c->flags < 0 ? 0 : c->flags;
	/* UINT32_MAX is no length, but stands for 0 here. */
	rec.len = !c->len ? rec.len : c->len == UINT32_MAX ? 0 : c->len;
	rec.win = c->win ?: rec.win;
	rec.sport = c->sport ?: rec.sport;
	rec.dport = c->dport ?: rec.dport;
	rec.has_owner = c->has_owner;
	rec.owner_is_listener = c->is_listener;
	rec.pid = 4242;
	rec.uid = 33;
	rec.comm = c->comm;
	rec.has_netns = rec.has_vlan = rec.has_mss = c->has_more;
	rec.netns = 4026531840;
	rec.mss = 1460;
	rec.cgroup = c->has_more ? "/a.slice/b\nc" : NULL;
	return rec;
}

static void every_row(void **state)
{
	const struct row_case *c;

	for (c = rows; c < rows + sizeof(rows) / sizeof(*rows); c++) {
		struct record rec = record_of(c);
		struct view v = text_view();

		v.schema = c->has_proc ? &schema_owned_packet : &schema_packet;
		v.opts.want_raw_seq = c->want_raw;
		v.opts.want_all = c->want_all;
		v.opts.width = c->width;
		if (strcmp(row(&v, &rec), c->want))
			fail_msg("%s:\n%swant:\n%s", c->name, printed, c->want);
	}
}

static void flag_letters(void **state)
{
	static const struct {
		uint16_t flags;
		const char *letters;
	} cases[] = {
		{TCP_SYN, "S"},
		{TCP_SYN | TCP_ACK, "SA"},
		{TCP_ACK, "A"},
		{TCP_PSH | TCP_ACK, "PA"},
		{TCP_FIN | TCP_ACK, "FA"},
		{TCP_RST, "R"},
		{TCP_RST | TCP_ACK, "RA"},
		{TCP_SYN | TCP_ECE | TCP_CWR, "SEW"},
		{TCP_FIN | TCP_PSH | TCP_URG, "FPU"},
		{TCP_ACK | TCP_AE, "Ae"},
		{0x01f, "FSRPA"},
		{0x03f, "0x03f"},
		{0x1ff, "0x1ff"},
	};
	struct view v = text_view();
	struct record rec = ip4_record();
	char letters[16];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rec.flags = cases[i].flags;
		row(&v, &rec);
		assert_int_equal(sscanf(printed + 66, "%15s", letters), 1);
		assert_string_equal(letters, cases[i].letters);
	}
}

/* The length of a payload ends the row, but for the owner. */
static void check_ip4_row(struct view *v, const struct record *rec)
{
	const char *s = row(v, rec), *end = strchr(s, '\n');
	char want[128];

	assert_ptr_equal(end, s + strlen(s) - 1);
	assert_true(end - s <= 100);
	assert_true(end[-1] != ' ');
	snprintf(want, sizeof(want), " %u%s", rec->len,
		 v->schema == &schema_owned_packet && rec->has_owner ? ""
								     : "\n");
	assert_non_null(strstr(s, want));
	snprintf(want, sizeof(want), ":%u ", rec->sport);
	assert_non_null(strstr(s, want));
}

/* Interface names of all lengths, and the shortest and longest of the rest. */
static void ip4_never_exceeds_100_columns(void **state)
{
	static const char name[] = "abcdefghijklmno";
	static const uint32_t lens[] = {0, 65535, 524280};
	static const uint16_t flags[] = {0, TCP_ACK, 0x1f, 0x1ff};
	struct view v = text_view();
	struct record rec = ip4_record();
	unsigned i;

	rec.comm = "0123456789abcde";
	for (i = 0; i < 16 * 3 * 4 * 2 * 2 * 2 * 2; i++) {
		rec.ifname = name + 15 - i % 16;
		rec.len = lens[i / 16 % 3];
		rec.flags = flags[i / 48 % 4];
		rec.rel_seq = i / 192 % 2 ? UINT32_MAX : 0;
		rec.rel_ack = i / 384 % 2 ? UINT32_MAX : 0;
		rec.sport = rec.dport = rec.win = i / 768 % 2 ? 65535 : 0;
		if (i / 1536)
			set_ends(&rec, 4, "255.255.255.255", "255.255.255.254");
		v.opts.width = i % 3 * 80;
		v.schema = &schema_packet;
		check_ip4_row(&v, &rec);
		v.schema = &schema_owned_packet;
		rec.has_owner = false;
		check_ip4_row(&v, &rec);
		rec.has_owner = true;
		check_ip4_row(&v, &rec);
	}
}

static void colours(void **state)
{
	static const struct {
		uint16_t flags;
		const char *text;
	} cases[] = {
		{TCP_SYN, " \033[32mS\033[0m           1        -"},
		{TCP_SYN | TCP_ACK, " \033[32mSA\033[0m          1        1"},
		{TCP_FIN | TCP_ACK, " \033[33mFA\033[0m          1        1"},
		{TCP_RST, " \033[31mR\033[0m           1        -"},
		{TCP_RST | TCP_SYN, " \033[31mSR\033[0m          1        -"},
		{TCP_ACK, " A           1        1"},
	};
	struct view v = text_view();
	struct record rec = ip4_record();
	size_t i;

	v.opts.want_colour = true;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rec.flags = cases[i].flags;
		row(&v, &rec);
		assert_memory_equal(printed, "\033[2m03:04:05.123\033[0m eth0",
				    25);
		assert_non_null(strstr(printed, cases[i].text));
	}
}

static void hex(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	rec.payload = (const uint8_t *)"GET / HTTP/1.1\r\nHo\x7f";
	rec.payload_len = 19;
	row(&v, &rec);
	assert_string_equal(printed + 100, "\n");
	v.opts.want_hex = true;
	row(&v, &rec);
	assert_string_equal(
		printed + 100,
		"\n"
		"\t0x0000:  4745 5420 2f20 4854 5450 2f31 2e31 0d0a  "
		"GET / HTTP/1.1..\n"
		"\t0x0010:  486f 7f                                  Ho.\n"
		"\t(+81 more bytes)\n");
	rec.payload_len = rec.len = 2;
	row(&v, &rec);
	assert_string_equal(
		printed + 100,
		"\n\t0x0000:  4745                                     GE\n");
	rec.payload_len = 0;
	rec.len = 1;
	row(&v, &rec);
	assert_string_equal(printed + 100, "\n\t(+1 more byte)\n");
	rec.len = 0;
	row(&v, &rec);
	assert_string_equal(printed + 100, "\n");
	rec.payload = NULL;
	rec.len = 5;
	row(&v, &rec);
	assert_string_equal(printed + 100, "\n");
}

/* The second is remembered, and must not stick. */
static void time_goes_on(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	row(&v, &rec);
	rec.ts_ns += 876543211; /* to the next second exactly */
	assert_memory_equal(row(&v, &rec), "03:04:06.000 ", 13);
	rec.ts_ns--;
	assert_memory_equal(row(&v, &rec), "03:04:05.999 ", 13);
	rec.ts_ns = 0;
	assert_memory_equal(row(&v, &rec), "00:00:00.000 ", 13);
	rec.ts_ns = UINT64_MAX;
	assert_memory_equal(row(&v, &rec), "23:34:33.709 ", 13);
}

static void time_is_local(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	v.opts.is_utc = false;
	setenv("TZ", "XXX-5:30", 1);
	tzset();
	assert_memory_equal(row(&v, &rec), "08:34:05.123 ", 13);
	unsetenv("TZ");
	tzset();
}

/* By both ways to a row, where the fast one takes it. 1 when it does. */
static int compare_ways(const struct schema *schema, const struct record *rec)
{
	struct view v = text_view();
	char fast[ROW_SIZE], slow[ROW_SIZE];
	struct buf f = {fast, fast + sizeof(fast)};
	struct buf s = {slow, slow + sizeof(slow)};
	struct row cells;

	v.schema = schema;
	row_fill(&cells, &v, rec);
	row_put(&s, &cells, cells.width, false);
	if (!row_put_at_once(&f, &v, rec)) {
		assert_ptr_equal(f.pos, fast);
		return 0;
	}
	assert_int_equal(f.pos - fast, s.pos - slow);
	assert_memory_equal(fast, slow, f.pos - fast);
	return 1;
}

/* Numbers and names of every length, in every order. */
static void at_once_or_not(void **state)
{
	const char *const names[] = {"", "lo", "eth0", "enp129s0f1np1"};
	struct record rec = ip4_record();
	int i, nr_plain = 0, nr_owned = 0;

	srand(1);
	for (i = 0; i < 20000; i++) {
		rec.ifname = names[rand() % 4];
		rec.rel_seq = rand() >> rand() % 31;
		rec.rel_ack = rand() >> rand() % 31;
		rec.len = rand() >> rand() % 31;
		rec.win = rand() >> rand() % 31;
		rec.sport = rand() >> rand() % 31;
		rec.saddr[0] = rand() >> rand() % 31;
		rec.daddr[3] = rand() >> rand() % 31;
		rec.flags = rand() & 0x1ff;
		rec.has_owner = rand() & 1;
		rec.comm = &"nginx: worker p"[rand() % 15];
		rec.pid = rand() >> rand() % 31;
		nr_plain += compare_ways(&schema_packet, &rec);
		nr_owned += compare_ways(&schema_owned_packet, &rec);
	}
	assert_in_range(nr_plain, 10000, 19999);
	assert_in_range(nr_owned, 1000, 19999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(at_once_or_not),
		cmocka_unit_test(header),
		cmocka_unit_test(flag_letters),
		cmocka_unit_test(ip4_never_exceeds_100_columns),
		cmocka_unit_test(colours),
		cmocka_unit_test(hex),
		cmocka_unit_test(time_goes_on),
		cmocka_unit_test(time_is_local),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
