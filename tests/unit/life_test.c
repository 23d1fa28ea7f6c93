// SPDX-License-Identifier: GPL-2.0
/*
 * Events of tcplife to rows: whole, cut off at every byte, and wrong; how a
 * connection ended; and the rows as text and JSON.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>

#undef TCP_FIN
#undef TCP_SYN
#undef TCP_RST

#include "unit/view_print.h"
#include "tcplife_event.h"
#include "view/life.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define BOOT_NS 1767322045000000000ull

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the events here are as a little-endian machine sends them"
#endif

/* clang-format off */
/*
 * What ends with
 *	IP 192.0.2.1.80 > 198.51.100.7.40000: Flags [F.], length 0
 *	IP 198.51.100.7.40000 > 192.0.2.1.80: Flags [F.], length 0
 * after a request of 77 and an answer of 5,000 bytes, 1,448 of them twice.
 */
static const uint8_t ip4_event[] = {
	0x15, 0xdd, 0x00, 0xdc, 0xe8, 0x00, 0x00, 0x00, /* 1000.123456789 s */
	0xc8, 0x72, 0x9c, 0x00, 0x00, 0x00, 0x00, 0x00, /* span 10.253 ms */
	192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	198, 51, 100, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x50, 0x00,             /* lport */
	0x40, 0x9c,             /* rport */
	0x01, 0x04,             /* connection, IPv4 */
	0x02,                   /* opened by the peer */
	0x17,                   /* span, owner, handshake, FIN came */
	0x05, 0x07,             /* FIN_WAIT2 to CLOSE */
	0x00, 0x00, 0x00, 0x00, /* no errors */
	0x00, 0x00,
	0xd2, 0x04, 0x00, 0x00, /* pid 1234 */
	0x21, 0x00, 0x00, 0x00, /* uid 33 */
	'n', 'g', 'i', 'n', 'x', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x4e, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 77 and a FIN */
	0x30, 0x19, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 6448 sent */
	0xa8, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, /* 1448 again */
	0x08, 0x00, 0x00, 0x00, /* segments in */
	0x07, 0x00, 0x00, 0x00, /* out */
	0x01, 0x00, 0x00, 0x00, /* with data, in */
	0x05, 0x00, 0x00, 0x00, /* out */
	0x01, 0x00, 0x00, 0x00, /* retransmitted */
	0x09, 0x1f, 0x00, 0x00, /* srtt 993 us and an eighth */
	0x84, 0x03, 0x00, 0x00, /* smallest 900 us */
	0xb0, 0x04, 0x00, 0x00, /* handshake 1200 us */
};
/* clang-format on */

static struct life life;

static struct tcplife_event event(void)
{
	struct tcplife_event ev;

	assert_int_equal(sizeof(ip4_event), sizeof(ev));
	memcpy(&ev, ip4_event, sizeof(ev));
	return ev;
}

static int decode(const struct tcplife_event *ev)
{
	return life_decode(ev, sizeof(*ev), BOOT_NS, &life);
}

static void whole(void **state)
{
	static const uint8_t laddr[16] = {192, 0, 2, 1};
	static const uint8_t raddr[16] = {198, 51, 100, 7};

	assert_int_equal(
		life_decode(ip4_event, sizeof(ip4_event), BOOT_NS, &life), 0);
	assert_int_equal(life.rec.ts_ns, BOOT_NS + 1000123456789ull);
	assert_int_equal(life.rec.ip, 4);
	assert_memory_equal(life.rec.saddr, laddr, 16);
	assert_memory_equal(life.rec.daddr, raddr, 16);
	assert_int_equal(life.rec.sport, 80);
	assert_int_equal(life.rec.dport, 40000);
	assert_false(life.rec.is_out);
	assert_true(life.rec.has_owner);
	assert_int_equal(life.rec.pid, 1234);
	assert_int_equal(life.rec.uid, 33);
	assert_string_equal(life.rec.comm, "nginx");
	assert_int_equal(life.kind, LIFE_CONNECTION);
	assert_int_equal(life.opened, LIFE_IN);
	assert_true(life.has_span);
	assert_int_equal(life.span_us, 10253);
	assert_int_equal(life.end, LIFE_END_FIN);
	assert_int_equal(life.closed_by, LIFE_LOCAL);
	assert_int_equal(life.first_fin, LIFE_LOCAL);
	assert_int_equal(life.rx_bytes, 77);
	assert_int_equal(life.tx_bytes, 5000);
	assert_int_equal(life.rx_segs, 8);
	assert_int_equal(life.tx_segs, 7);
	assert_int_equal(life.rx_data_segs, 1);
	assert_int_equal(life.tx_data_segs, 5);
	assert_int_equal(life.retrans, 1);
	assert_true(life.has_rtt && life.has_min_rtt && life.has_handshake);
	assert_int_equal(life.srtt_us, 993);
	assert_int_equal(life.min_rtt_us, 900);
	assert_int_equal(life.handshake_us, 1200);
}

/* In memory of exactly SIZE bytes, so that a read beyond it is noticed. */
static int decode_cut(size_t size)
{
	uint8_t *raw = malloc(size ?: 1);
	int ret;

	assert_non_null(raw);
	memcpy(raw, ip4_event, size);
	ret = life_decode(raw, size, BOOT_NS, &life);
	free(raw);
	return ret;
}

static void cut_off(void **state)
{
	struct tcplife_event ev = event();
	uint8_t padded[sizeof(ip4_event) + 4] = {};
	size_t size;

	for (size = 0; size < sizeof(ip4_event); size++)
		assert_int_equal(decode_cut(size), -EBADMSG);
	assert_int_equal(decode_cut(sizeof(ip4_event)), 0);
	memcpy(padded, ip4_event, sizeof(ip4_event));
	assert_int_equal(life_decode(padded, sizeof(padded), BOOT_NS, &life),
			 0);
	ev.kind = LIFE_STATE;
	for (size = 0; size < LIFE_STATE_SIZE; size++)
		assert_int_equal(life_decode(&ev, size, BOOT_NS, &life),
				 -EBADMSG);
	assert_int_equal(life_decode(&ev, LIFE_STATE_SIZE, BOOT_NS, &life), 0);
	assert_int_equal(life.kind, LIFE_STATE);
	assert_int_equal(life.old_state, TCP_FIN_WAIT2);
	assert_int_equal(life.new_state, TCP_CLOSE);
}

static void wrong(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
	} wrongs[] = {
		{offsetof(struct tcplife_event, ip), 5},
		{offsetof(struct tcplife_event, ip), 0},
		{offsetof(struct tcplife_event, kind), 2},
		{offsetof(struct tcplife_event, opened), 4},
		{offsetof(struct tcplife_event, new_state), TCP_CLOSE_WAIT},
		{offsetof(struct tcplife_event, retrans_bytes) + 7, 1},
	};
	struct tcplife_event ev;
	size_t i;

	for (i = 0; i < NR(wrongs); i++) {
		ev = event();
		((uint8_t *)&ev)[wrongs[i].at] = wrongs[i].byte;
		assert_int_equal(decode(&ev), -EBADMSG);
	}
}

static void unknown_is_left_out(void **state)
{
	struct tcplife_event ev = event();

	ev.known = 0;
	ev.opened = LIFE_BEFORE;
	ev.srtt_us = 0;
	ev.min_rtt_us = 0xffffffff;
	assert_int_equal(decode(&ev), 0);
	assert_false(life.has_span || life.has_handshake || life.has_rtt ||
		     life.has_min_rtt || life.rec.has_owner);
	assert_int_equal(life.rx_bytes, 78); /* no FIN came */
}

/* The way to CLOSE, and what became of it. */
static void ends(void **state)
{
	static const struct {
		uint8_t old_state, known;
		uint16_t err, err_soft;
		enum life_end end;
		enum life_side closed_by, first_fin;
	} cases[] = {
		/* clang-format off */
		{TCP_FIN_WAIT2, LIFE_FIN_IN, 0, 0,
		 LIFE_END_FIN, LIFE_LOCAL, LIFE_LOCAL},
		{TCP_FIN_WAIT2, LIFE_ORPHAN, 0, 0,
		 LIFE_END_FIN, LIFE_LOCAL, LIFE_LOCAL},
		{TCP_CLOSING, LIFE_FIN_IN, 0, 0,
		 LIFE_END_FIN, LIFE_LOCAL, LIFE_LOCAL},
		{TCP_LAST_ACK, LIFE_FIN_IN, 0, 0,
		 LIFE_END_FIN, LIFE_REMOTE, LIFE_REMOTE},
		{TCP_ESTABLISHED, 0, 0, 0,
		 LIFE_END_RST_SENT, LIFE_LOCAL, LIFE_NOBODY},
		{TCP_CLOSE_WAIT, LIFE_FIN_IN, 0, 0,
		 LIFE_END_RST_SENT, LIFE_REMOTE, LIFE_REMOTE},
		{TCP_FIN_WAIT1, LIFE_ORPHAN, 0, 0,
		 LIFE_END_RST_SENT, LIFE_LOCAL, LIFE_LOCAL},
		{TCP_ESTABLISHED, 0, ECONNABORTED, 0,
		 LIFE_END_RST_SENT, LIFE_LOCAL, LIFE_NOBODY},
		{TCP_ESTABLISHED, 0, ECONNRESET, 0,
		 LIFE_END_RST_RECEIVED, LIFE_REMOTE, LIFE_NOBODY},
		{TCP_CLOSE_WAIT, LIFE_FIN_IN, EPIPE, 0,
		 LIFE_END_RST_RECEIVED, LIFE_REMOTE, LIFE_REMOTE},
		{TCP_LAST_ACK, LIFE_ORPHAN | LIFE_FIN_IN, ECONNRESET, 0,
		 LIFE_END_RST_RECEIVED, LIFE_REMOTE, LIFE_REMOTE},
		{TCP_FIN_WAIT1, 0, ECONNRESET, 0,
		 LIFE_END_RST_RECEIVED, LIFE_LOCAL, LIFE_LOCAL},
		{TCP_FIN_WAIT1, LIFE_ORPHAN, ECONNRESET, 0,
		 LIFE_END_RST, LIFE_LOCAL, LIFE_LOCAL},
		{TCP_ESTABLISHED, 0, ETIMEDOUT, 0,
		 LIFE_END_TIMEOUT, LIFE_NOBODY, LIFE_NOBODY},
		{TCP_ESTABLISHED, 0, EHOSTUNREACH, EHOSTUNREACH,
		 LIFE_END_TIMEOUT, LIFE_NOBODY, LIFE_NOBODY},
		{TCP_ESTABLISHED, 0, 0, EHOSTUNREACH,
		 LIFE_END_RST_SENT, LIFE_LOCAL, LIFE_NOBODY},
		{TCP_LAST_ACK, LIFE_FIN_IN, ETIMEDOUT, 0,
		 LIFE_END_TIMEOUT, LIFE_REMOTE, LIFE_REMOTE},
		{TCP_LAST_ACK, LIFE_FIN_IN, EBADMSG, 0,
		 LIFE_END_FIN, LIFE_REMOTE, LIFE_REMOTE},
		/* clang-format on */
	};
	struct tcplife_event ev = event();
	size_t i;

	for (i = 0; i < NR(cases); i++) {
		ev.old_state = cases[i].old_state;
		ev.known = cases[i].known;
		ev.err = cases[i].err;
		ev.err_soft = cases[i].err_soft;
		assert_int_equal(decode(&ev), 0);
		assert_int_equal(life.end, cases[i].end);
		assert_int_equal(life.closed_by, cases[i].closed_by);
		assert_int_equal(life.first_fin, cases[i].first_fin);
	}
}

static void state_names(void **state)
{
	assert_null(life_state_name(0));
	assert_string_equal(life_state_name(TCP_ESTABLISHED), "ESTABLISHED");
	assert_string_equal(life_state_name(TCP_CLOSING), "CLOSING");
	assert_string_equal(life_state_name(13), "BOUND_INACTIVE");
	assert_null(life_state_name(14));
	assert_null(life_state_name(255));
}

static struct view view_of(const struct view_ops *ops,
			   const struct schema *schema)
{
	return (struct view){
		.ops = ops,
		.schema = schema,
		.opts = {.is_utc = true},
	};
}

#define TITLES                                                              \
	"TIME         D LOCAL              REMOTE                   MS    " \
	"  RX      TX    RTT RE END  PROC\n"

static void text(void **state)
{
	struct view v = view_of(&view_text, &schema_connection);
	struct tcplife_event ev = event();

	assert_int_equal(schema_width(&schema_connection), 100);
	assert_string_equal(print(&v, BEGIN, NULL), TITLES);
	assert_int_equal(decode(&ev), 0);
	assert_string_equal(
		print(&v, RECORD, &life),
		"03:04:05.123 < 192.0.2.1:80       198.51.100.7:40000   10.253"
		"      77    5000  0.993  1 >FIN nginx\n");
	ev.known = 0;
	ev.opened = LIFE_BEFORE;
	ev.old_state = TCP_CLOSE_WAIT;
	ev.err = EPIPE;
	assert_int_equal(decode(&ev), 0);
	assert_string_equal(
		print(&v, RECORD, &life),
		"03:04:05.123   192.0.2.1:80       198.51.100.7:40000   before"
		"      78    5000  0.993  1 <FIN<R\n");
}

static const char *text_with(uint64_t span_us, uint64_t bytes)
{
	struct view v = view_of(&view_text, &schema_connection);
	struct tcplife_event ev = event();

	ev.span_ns = span_us * 1000;
	ev.rx_bytes = bytes + 1; /* the FIN */
	assert_int_equal(decode(&ev), 0);
	return print(&v, RECORD, &life) + 53;
}

/* What is too long for its cell loses digits, not its place. */
static void text_rounds(void **state)
{
	static const struct {
		uint64_t span_us, bytes;
		const char *text;
	} cases[] = {
		{0, 0, "   0.000       0 "},
		{9999999, 9999999, "9999.999 9999999 "},
		{10000000, 10000000, "10000.00  10000K "},
		{99999999, 999999999, "99999.99 999999K "},
		{100000000, 1000000000, "100000.0   1000M "},
		{999999999, 999999999999, "999999.9 999999M "},
		{1000000000, 1000000000000, " 1000000   1000G "},
		{99999999999, UINT64_MAX - 1, "99999999 18446744T "},
		{100000000000, 1, " 100000s       1 "},
	};
	size_t i, len;

	for (i = 0; i < NR(cases); i++) {
		len = strlen(cases[i].text);
		assert_int_equal(
			strncmp(text_with(cases[i].span_us, cases[i].bytes),
				cases[i].text, len),
			0);
	}
}

/* The longest of everything, but for what it takes a year or a moon to get. */
static void text_is_narrow(void **state)
{
	struct view v = view_of(&view_text, &schema_connection);
	struct tcplife_event ev = event();

	ev.local_be[0] = ev.remote_be[0] = 0xffffffff;
	ev.lport = ev.rport = 65535;
	ev.rx_bytes = ev.tx_bytes = 123456789012;
	ev.retrans_bytes = 0;
	ev.retrans_segs = 99;
	ev.span_ns = 86400000000000;
	ev.srtt_us = 999999 << 3;
	ev.err = ECONNRESET;
	memcpy(ev.comm, "abcdefghijklmno", 16);
	assert_int_equal(decode(&ev), 0);
	assert_string_equal(
		print(&v, RECORD, &life),
		"03:04:05.123 < 255.255.255.255:65535 255.255.255.255:65535 "
		"86400000 123456M 123456M 999.99 99 >FIN<R\n");
}

#define JSON_START                                                           \
	",\"ts\":\"2026-01-02T03:04:05.123456789Z\",\"ip\":4,\"dir\":\"in\"" \
	",\"laddr\":\"192.0.2.1\",\"lport\":80,\"raddr\":\"198.51.100.7\""   \
	",\"rport\":40000"
#define JSON_OWNER ",\"pid\":1234,\"comm\":\"nginx\",\"uid\":33}\n"

static void json(void **state)
{
	struct view v = view_of(&view_json, &schema_connection);
	struct tcplife_event ev = event();

	assert_int_equal(decode(&ev), 0);
	assert_string_equal(
		print(&v, RECORD, &life),
		"{\"type\":\"connection\"" JSON_START ",\"duration_us\":10253"
		",\"handshake_us\":1200,\"rx_bytes\":77,\"tx_bytes\":5000"
		",\"rx_segs\":8,\"tx_segs\":7,\"rx_data_segs\":1"
		",\"tx_data_segs\":5,\"srtt_us\":993,\"min_rtt_us\":900"
		",\"retrans\":1,\"how\":\"fin\",\"closed_by\":\"local\""
		",\"last_state\":\"FIN_WAIT2\"" JSON_OWNER);
	ev.known = 0;
	ev.opened = LIFE_BEFORE;
	ev.old_state = TCP_ESTABLISHED;
	ev.err = ETIMEDOUT;
	ev.srtt_us = 0;
	ev.min_rtt_us = 0xffffffff;
	assert_int_equal(decode(&ev), 0);
	assert_string_equal(
		print(&v, RECORD, &life),
		"{\"type\":\"connection\""
		",\"ts\":\"2026-01-02T03:04:05.123456789Z\",\"ip\":4"
		",\"laddr\":\"192.0.2.1\",\"lport\":80"
		",\"raddr\":\"198.51.100.7\",\"rport\":40000"
		",\"opened\":\"before\",\"rx_bytes\":78,\"tx_bytes\":5000"
		",\"rx_segs\":8,\"tx_segs\":7,\"rx_data_segs\":1"
		",\"tx_data_segs\":5,\"retrans\":1,\"how\":\"timeout\""
		",\"last_state\":\"ESTABLISHED\"}\n");
}

static void states(void **state)
{
	struct view v = view_of(&view_text, &schema_state);
	struct tcplife_event ev = event();

	ev.kind = LIFE_STATE;
	assert_int_equal(schema_width(&schema_state), 100);
	assert_int_equal(decode(&ev), 0);
	assert_string_equal(
		print(&v, BEGIN, NULL),
		"TIME         D LOCAL                 REMOTE               "
		"OLD         NEW                 MS PROC\n");
	assert_string_equal(
		print(&v, RECORD, &life),
		"03:04:05.123 < 192.0.2.1:80          198.51.100.7:40000   "
		"FIN_WAIT2   CLOSE           10.253 nginx\n");
	v = view_of(&view_json, &schema_state);
	ev.new_state = 14;
	assert_int_equal(decode(&ev), 0);
	assert_string_equal(
		print(&v, RECORD, &life),
		"{\"type\":\"state\"" JSON_START ",\"old_state\":\"FIN_WAIT2\""
		",\"new_state\":\"14\",\"duration_us\":10253" JSON_OWNER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(wrong),
		cmocka_unit_test(unknown_is_left_out),
		cmocka_unit_test(ends),
		cmocka_unit_test(state_names),
		cmocka_unit_test(text),
		cmocka_unit_test(text_rounds),
		cmocka_unit_test(text_is_narrow),
		cmocka_unit_test(json),
		cmocka_unit_test(states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
