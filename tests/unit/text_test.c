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

static void header(void **state)
{
	struct view v = text_view();

	assert_string_equal(print(&v, BEGIN, NULL), HEADER "\n");
	assert_int_equal(strlen(HEADER), 100);
	v.opts.want_colour = true;
	assert_string_equal(print(&v, BEGIN, NULL),
			    "\033[2m" HEADER "\033[0m\n");
	assert_string_equal(print(&v, END, NULL), "");
}

static void plain_row(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0   < 198.51.100.7:40000    192.0.2.1:80   "
		"       PA          1        1   502   100\n");
	rec.is_out = true;
	rec.flags = 0;
	rec.ifname = "";
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 -      > 198.51.100.7:40000    192.0.2.1:80   "
		"       -           1        -   502   100\n");
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

static void raw_numbers(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	v.opts.want_raw_seq = true;
	rec.len = 0;
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0   < 198.51.100.7:40000    192.0.2.1:80   "
		"       PA   3000000001 4000000001 502   0\n");
}

/* A long name pushes, and the padding behind the addresses makes up for it. */
static void row_recovers(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	rec.ifname = "enp129s0f1np1.4";
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 enp129s0f1np1.4 < 198.51.100.7:40000 192.0.2.1:80"
		"    PA          1        1   502   100\n");
}

/* Three too many: taken from the padding in front before any name is cut. */
static void row_borrows(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	v.opts.want_raw_seq = true;
	rec.win = 65535;
	rec.len = 1448;
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0   < 198.51.100.7:40000    192.0.2.1:80   "
		"      PA 3000000001 4000000001 65535 1448\n");
}

static void name_is_cut(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	v.opts.want_raw_seq = true;
	rec.ifname = "enp129s0f1np1.4";
	set_ends(&rec, 4, "192.168.100.200", "192.168.100.100");
	rec.sport = 50000;
	rec.dport = 8080;
	rec.len = 1448;
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 enp129s~ < 192.168.100.200:50000 "
		"192.168.100.100:8080 PA 3000000001 4000000001 502 1448\n");
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

#define OWNED_HEADER                                              \
	"TIME         IF    D SRC                 DST           " \
	"    FLAGS    SEQ      ACK   WIN   LEN PROC"

static struct view owned_view(void)
{
	struct view v = text_view();

	v.schema = &schema_owned_packet;
	return v;
}

static struct record owned_record(const char *comm)
{
	struct record rec = ip4_record();

	rec.has_owner = true;
	rec.pid = 4242;
	rec.uid = 33;
	rec.comm = comm;
	return rec;
}

static void owned_row(void **state)
{
	struct view v = owned_view();
	struct record rec = owned_record("nginx");

	assert_string_equal(print(&v, BEGIN, NULL), OWNED_HEADER "\n");
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0  < 198.51.100.7:40000  192.0.2.1:80      "
		"PA         1        1   502   100 nginx\n");
	rec.owner_is_listener = true;
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0  < 198.51.100.7:40000  192.0.2.1:80      "
		"PA         1        1   502   100 (nginx)\n");
	rec.has_owner = false;
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0  < 198.51.100.7:40000  192.0.2.1:80      "
		"PA         1        1   502   100\n");
	rec = owned_record(NULL); /* gone before its name was read */
	row(&v, &rec);
	assert_string_equal(printed + 92, "\n");
	rec = owned_record("");
	row(&v, &rec);
	assert_string_equal(printed + 92, "\n");
}

/* The columns stay where they are, and the name gets what is left. */
static void owner_gives_way_first(void **state)
{
	struct view v = owned_view();
	struct record rec = owned_record("postgres");

	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0  < 198.51.100.7:40000  192.0.2.1:80      "
		"PA         1        1   502   100 postgr~\n");
	v.opts.want_raw_seq = true;
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0  < 198.51.100.7:40000  192.0.2.1:80      "
		"PA  3000000001 4000000001 502 100 postgr~\n");
	rec.ifname = "enp1s0";
	set_ends(&rec, 4, "192.168.100.200", "192.168.100.100");
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 enp1s0 < 192.168.100.200:40000 "
		"192.168.100.100:80 PA 3000000001 4000000001 502 100 pos~\n");
	rec.win = 65535;
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 enp1s0 < 192.168.100.200:40000 "
		"192.168.100.100:80 PA 3000000001 4000000001 65535 100 p~\n");
	rec.len = 1448;
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 enp1s0 < 192.168.100.200:40000 "
		"192.168.100.100:80 PA 3000000001 4000000001 65535 1448 ~\n");
	rec.len = 65535; /* and now the blank in front of it, too */
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 enp1s0 < 192.168.100.200:40000 "
		"192.168.100.100:80 PA 3000000001 4000000001 65535 65535\n");
	rec.dport = 8080;
	rec.ifname = "enp129s0f1np1.4";
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 enp1~ < 192.168.100.200:40000 "
		"192.168.100.100:8080 PA 3000000001 4000000001 65535 65535\n");
}

static void owner_cannot_move_the_cursor(void **state)
{
	struct view v = owned_view();
	struct record rec = owned_record("a\033[\nb\xff ");

	row(&v, &rec);
	assert_string_equal(printed + 92, " a?[?b??\n");
}

/* All of the name in a pipe, what there is room for on a terminal. */
static void owner_of_long_ip6(void **state)
{
	struct view v = owned_view();
	struct record rec = owned_record("postgres: main");

	set_ends(&rec, 6, "2001:db8:1111:2222:3333:4444:5555:6666",
		 "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff");
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0  < "
		"[2001:db8:1111:2222:3333:4444:5555:6666]:40000 "
		"[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:80 PA 1 1 502 100 "
		"postgres:?main\n");
	v.opts.width = 100;
	assert_string_equal(row(&v, &rec),
			    "03:04:05.123 eth0  < "
			    "[2001:db8:1111:2222:3333:4444:5555:6666]:40000\n"
			    "                     "
			    "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:80 PA   1"
			    "        1   502   100 postgr~\n");
	v.opts.width = 105;
	row(&v, &rec);
	assert_non_null(strstr(printed, "   502   100 postgres:?m~\n"));
	v.opts.width = 135; /* one more than it takes with a name cut */
	row(&v, &rec);
	assert_int_equal(strlen(printed), 135 + 1);
	assert_non_null(strstr(printed, ":80 PA 1 1 502 100 postgre~\n"));
	v.opts.width -= 3; /* one is behind eth0 */
	row(&v, &rec);
	assert_int_equal(strcspn(printed, "\n"), 67);
}

static void name_cannot_move_the_cursor(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	rec.ifname = "\033[2J\x9b\xc2\x9b\t";
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 ?[2J???? < 198.51.100.7:40000  192.0.2.1:80   "
		"       PA          1        1   502   100\n");
}

static void short_ip6_is_aligned(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	set_ends(&rec, 6, "2001:db8::10", "::1");
	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0   < [2001:db8::10]:40000  [::1]:80       "
		"       PA          1        1   502   100\n");
}

static void long_ip6_in_a_pipe_is_one_line(void **state)
{
	struct view v = text_view();
	struct record rec = ip6_record();

	assert_string_equal(
		row(&v, &rec),
		"03:04:05.123 eth0   < "
		"[2001:db8:1111:2222:3333:4444:5555:6666]:40000 "
		"[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:80 PA 1 1 502 100\n");
}

#define BROKEN_ROW                                                           \
	"03:04:05.123 eth0   < "                                             \
	"[2001:db8:1111:2222:3333:4444:5555:6666]:40000\n"                   \
	"                      "                                             \
	"[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:80 PA          1        1" \
	"   502   100\n"

static void long_ip6_on_a_terminal_is_broken(void **state)
{
	struct view v = text_view();
	struct record rec = ip6_record();

	v.opts.width = 100;
	assert_string_equal(row(&v, &rec), BROKEN_ROW);
	v.opts.width = 80; /* a row has 100 columns anyway */
	assert_string_equal(row(&v, &rec), BROKEN_ROW);
	v.opts.width = 124; /* one less than it takes */
	assert_string_equal(row(&v, &rec), BROKEN_ROW);
	v.opts.width = 125;
	row(&v, &rec);
	assert_int_equal(strcspn(printed, "\n"), 125);
	assert_int_equal(strlen(printed), 126);
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

static void all_fields(void **state)
{
	struct view v = text_view();
	struct record rec = ip4_record();

	v.opts.want_all = true;
	row(&v, &rec);
	assert_string_equal(printed + 100,
			    " hook=socket ip=4 wirelen=152 ttl=57\n");
	rec.has_vlan = rec.has_mss = true;
	rec.vlan = 0;
	rec.mss = 1460;
	row(&v, &rec);
	assert_string_equal(printed + 100, " hook=socket ip=4 wirelen=152 "
					   "ttl=57 vlan=0 mss=1460\n");
}

static void all_fields_of_the_owner(void **state)
{
	struct view v = owned_view();
	struct record rec = owned_record("a b");

	v.opts.want_all = true;
	row(&v, &rec);
	assert_string_equal(printed + 92, " a?b hook=socket ip=4 wirelen=152 "
					  "ttl=57 pid=4242 uid=33\n");
	rec.owner_is_listener = true;
	rec.has_netns = rec.has_mss = true;
	rec.netns = 4026531840;
	rec.mss = 1460;
	rec.cgroup = "/a.slice/b\nc";
	v.schema = &schema_packet; /* then it is a word too */
	row(&v, &rec);
	assert_string_equal(printed + 100,
			    " hook=socket ip=4 wirelen=152 ttl=57 pid=4242 "
			    "comm=a?b uid=33 netns=4026531840 mss=1460 "
			    "cgroup=/a.slice/b?c "
			    "owner=listener\n");
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
		rec.comm = "nginx: worker p" + rand() % 15;
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
		cmocka_unit_test(at_once_or_not),
		cmocka_unit_test(header),
		cmocka_unit_test(plain_row),
		cmocka_unit_test(flag_letters),
		cmocka_unit_test(raw_numbers),
		cmocka_unit_test(row_recovers),
		cmocka_unit_test(row_borrows),
		cmocka_unit_test(name_is_cut),
		cmocka_unit_test(ip4_never_exceeds_100_columns),
		cmocka_unit_test(owned_row),
		cmocka_unit_test(owner_gives_way_first),
		cmocka_unit_test(owner_cannot_move_the_cursor),
		cmocka_unit_test(owner_of_long_ip6),
		cmocka_unit_test(name_cannot_move_the_cursor),
		cmocka_unit_test(short_ip6_is_aligned),
		cmocka_unit_test(long_ip6_in_a_pipe_is_one_line),
		cmocka_unit_test(long_ip6_on_a_terminal_is_broken),
		cmocka_unit_test(colours),
		cmocka_unit_test(all_fields),
		cmocka_unit_test(all_fields_of_the_owner),
		cmocka_unit_test(hex),
		cmocka_unit_test(time_goes_on),
		cmocka_unit_test(time_is_local),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
