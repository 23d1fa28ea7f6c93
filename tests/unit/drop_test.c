// SPDX-License-Identifier: GPL-2.0
/* A drop from its event to its row: decoding, meanings, folding. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#include "tcpdrop_event.h"
#include "kernel/drop_reason.h"
#include "unit/view_print.h"
#include "view/columns.h"
#include "view/drop.h"
#include "view/fold.h"

/* 10.0.0.1:40000 > 10.0.0.2:81 SYN, dropped at 0xffffffff81234567 for 3 */
static const struct drop_event syn = {
	.packet =
		{
			.ts_ns = 1000,
			.ifindex = 7,
			.seq = 5,
			.wirelen = 60,
			.sport = 40000,
			.dport = 81,
			.win = 64240,
			.flags = TCP_SYN,
			.vlan = VLAN_NONE,
			.ip = 4,
			.ttl = 64,
			.hook = HOOK_TRACEPOINT,
			.dir = DIR_IN,
			.saddr_be = 0x0100000a,
			.daddr_be = 0x0200000a,
		},
	.location = 0xffffffff81234567,
	.reason = 3,
	.has_reason = 1,
};

static void decodes(void **state)
{
	uint32_t ifindex = 0;
	struct drop d;

	assert_int_equal(drop_decode(&syn, sizeof(syn), 500, &d, &ifindex), 0);
	assert_int_equal(ifindex, 7);
	assert_int_equal(d.rec.ts_ns, 1500);
	assert_int_equal(d.rec.sport, 40000);
	assert_int_equal(d.rec.dport, 81);
	assert_int_equal(d.rec.flags, TCP_SYN);
	assert_memory_equal(d.rec.saddr, "\x0a\0\0\x01", 4);
	assert_true(d.has_reason);
	assert_int_equal(d.reason, 3);
	assert_int_equal(d.location, 0xffffffff81234567);
	assert_int_equal(d.count, 1);
	assert_null(d.rec.reason);
	assert_null(d.function);
	assert_null(d.meaning);
	assert_null(d.rec.payload);
}

/* The same with six bytes of the packet, four of its headers. */
static void decodes_what_was_captured(void **state)
{
	struct {
		struct drop_event ev;
		uint8_t bytes[8];
	} raw = {syn, "headpay"};
	uint32_t ifindex = 0;
	struct drop d;

	raw.ev.packet.caplen = 6;
	raw.ev.packet.payload_off = 4;
	raw.ev.packet.len = 100;
	assert_int_equal(drop_decode(&raw, sizeof(raw.ev) + 6, 0, &d, &ifindex),
			 0);
	assert_int_equal(d.rec.frame_len, 6);
	assert_memory_equal(d.rec.frame, "headpa", 6);
	assert_int_equal(d.rec.payload_len, 2);
	assert_memory_equal(d.rec.payload, "pa", 2);
	assert_int_equal(drop_decode(&raw, sizeof(raw.ev) + 5, 0, &d, &ifindex),
			 -EBADMSG);
	raw.ev.packet.payload_off = 7;
	assert_int_equal(drop_decode(&raw, sizeof(raw.ev) + 6, 0, &d, &ifindex),
			 -EBADMSG);
}

static void refuses_every_shorter_event(void **state)
{
	uint32_t ifindex;
	struct drop d;
	size_t size;
	void *cut;

	for (size = 0; size < sizeof(syn); size++) {
		cut = malloc(size ?: 1);
		memcpy(cut, &syn, size);
		assert_int_equal(drop_decode(cut, size, 0, &d, &ifindex),
				 -EBADMSG);
		free(cut);
	}
}

static void refuses_nonsense(void **state)
{
	struct drop_event ev = syn;
	uint32_t ifindex;
	struct drop d;

	ev.packet.ip = 5;
	assert_int_equal(drop_decode(&ev, sizeof(ev), 0, &d, &ifindex),
			 -EBADMSG);
	ev = syn;
	ev.packet.caplen = 1; /* there is nothing behind the event */
	assert_int_equal(drop_decode(&ev, sizeof(ev), 0, &d, &ifindex),
			 -EBADMSG);
}

static void knows_what_reasons_mean(void **state)
{
	static const char *const names[] = {
		"BPF_CGROUP_EGRESS",
		"CONSUMED",
		"CPU_BACKLOG",
		"DEV_READY",
		"FRAG_TOO_FAR",
		"HDR_TRUNC",
		"IP_CSUM",
		"IP_INHDR",
		"IP_RPFILTER",
		"NETFILTER_DROP",
		"NOMEM",
		"NOT_SPECIFIED",
		"NO_SOCKET",
		"OTHERHOST",
		"PKT_TOO_SMALL",
		"PROTO_MEM",
		"QDISC_DROP",
		"SECURITY_HOOK",
		"SOCKET_BACKLOG",
		"SOCKET_FILTER",
		"SOCKET_RCVBUFF",
		"TCP_ABORT_ON_DATA",
		"TCP_CLOSE",
		"TCP_CSUM",
		"TCP_FLAGS",
		"TCP_INVALID_SYN",
		"TCP_LISTEN_OVERFLOW",
		"TCP_MD5FAILURE",
		"TCP_MINTTL",
		"TCP_OFO_DROP",
		"TCP_OLD_ACK",
		"TCP_OLD_DATA",
		"TCP_OVERWINDOW",
		"TCP_RESET",
		"TCP_ZEROWINDOW",
		"TC_INGRESS",
		"UNHANDLED_PROTO",
		"XDP",
		"XFRM_POLICY",
	};
	const char *text;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		text = drop_meaning(names[i]);
		assert_non_null(text);
		assert_true(strlen(text) > 20 && strlen(text) < 240);
		assert_true(text[strlen(text) - 1] != '.');
		assert_null(strchr(text, '"'));
	}
	assert_null(drop_meaning("TCP"));
	assert_null(drop_meaning(""));
	assert_null(drop_meaning("SKB_DROP_REASON_NO_SOCKET"));
	assert_null(drop_meaning("0x20003"));
}

static void knows_what_a_function_drops_for(void **state)
{
	assert_string_equal(drop_reason_of_function("nf_hook_slow"),
			    "NETFILTER_DROP");
	assert_null(drop_reason_of_function("tcp_v4_rcv"));
	assert_null(drop_reason_of_function(NULL));
}

static void rows_fit(void **state)
{
	assert_int_equal(schema_width(&schema_drop), 100);
}

static struct drop whole_drop(void)
{
	uint32_t ifindex;
	struct drop d;

	assert_int_equal(drop_decode(&syn, sizeof(syn), 0, &d, &ifindex), 0);
	d.rec.ts_ns = 1767323045123456789ull;
	d.rec.ifname = "eth0";
	d.rec.reason = "NO_SOCKET";
	d.function = "tcp_v4_rcv";
	d.offset = 451;
	d.count = 17;
	d.meaning = "nobody listens";
	return d;
}

#define JSON_PACKET                                                        \
	"{\"type\":\"drop\",\"ts\":\"2026-01-02T03:04:05.123456789Z\","    \
	"\"ifname\":\"eth0\",\"ip\":4,\"saddr\":\"10.0.0.1\","             \
	"\"sport\":40000,\"daddr\":\"10.0.0.2\",\"dport\":81,"             \
	"\"flags\":[\"SYN\"],\"seq\":5,\"ack\":0,\"win\":64240,\"len\":0," \
	"\"wirelen\":60,\"ttl\":64,\"count\":17"

static void shows_json(void **state)
{
	struct view v = {.ops = &view_json, .schema = &schema_drop};
	struct drop d = whole_drop();

	assert_string_equal(print(&v, RECORD, &d.rec),
			    JSON_PACKET ",\"reason\":\"NO_SOCKET\","
					"\"function\":\"tcp_v4_rcv\","
					"\"offset\":451,"
					"\"meaning\":\"nobody listens\"}\n");
}

static void leaves_out_what_is_not_known(void **state)
{
	struct view v = {.ops = &view_json, .schema = &schema_drop};
	struct drop d = whole_drop();

	d.rec.reason = d.function = d.meaning = NULL;
	assert_string_equal(print(&v, RECORD, &d.rec), JSON_PACKET "}\n");
}

#define TEXT_ROW                                                \
	"03:04:05.123 10.0.0.1:40000      10.0.0.2:81       S " \
	"        0   17 NO_SOCKET        tcp_v4_rcv"

static void shows_text(void **state)
{
	struct view v = {.ops = &view_text, .schema = &schema_drop};
	struct drop d = whole_drop();

	v.opts.is_utc = true;
	assert_string_equal(
		print(&v, BEGIN, NULL),
		"TIME         SRC                 DST               FLAGS   LEN"
		"    N REASON           FUNCTION\n");
	assert_string_equal(print(&v, RECORD, &d.rec), TEXT_ROW "\n");
	v.opts.want_all = true;
	assert_string_equal(print(&v, RECORD, &d.rec),
			    TEXT_ROW " ifname=eth0 ip=4 seq=5 ack=0 win=64240 "
				     "wirelen=60 ttl=64 offset=451 "
				     "meaning=\"nobody listens\"\n");
}

static void cuts_the_function_first(void **state)
{
	struct view v = {.ops = &view_text, .schema = &schema_drop};
	struct drop d = whole_drop();
	const char *row;

	v.opts.is_utc = true;
	set_ends(&d.rec, 4, "198.151.100.107", "192.168.222.231");
	d.rec.dport = 65535;
	d.rec.reason = "TCP_INVALID_END_SEQUENCE";
	d.function = "tcp_rcv_state_process_and_more";
	row = print(&v, RECORD, &d.rec);
	assert_int_equal(strcspn(row, "\n"), 100);
	assert_non_null(strstr(row, " 192.168.222.231:65535 "));
	assert_non_null(strstr(row, " TCP_INVALID_END_SEQUENCE tcp_"));
	assert_non_null(strstr(row, "~\n"));
}

struct told {
	uint64_t nr, sum;
	struct drop_event last;
};

static void tell(void *arg, const struct drop_event *last, uint64_t count)
{
	struct told *t = arg;

	t->nr++;
	t->sum += count;
	t->last = *last;
}

static void folds_repeats(void **state)
{
	struct told t = {};
	struct fold *f = fold_new(16, tell, &t);
	struct drop_event ev = syn;
	int i;

	assert_false(fold_take(f, &ev));
	for (i = 1; i <= 100; i++) {
		ev.packet.ts_ns = i;
		assert_true(fold_take(f, &ev));
	}
	fold_flush(f);
	assert_int_equal(t.nr, 1);
	assert_int_equal(t.sum, 100);
	assert_int_equal(t.last.packet.ts_ns, 100);
	/* Still known: an interval without a repeat makes it new. */
	assert_true(fold_take(f, &ev));
	fold_flush(f);
	assert_int_equal(t.sum, 101);
	fold_flush(f);
	assert_int_equal(t.nr, 2);
	assert_false(fold_take(f, &ev));
	fold_free(f);
}

static void folds_nothing_that_differs(void **state)
{
	struct told t = {};
	struct fold *f = fold_new(16, tell, &t);
	struct drop_event ev[8];
	size_t i;

	for (i = 0; i < 8; i++)
		ev[i] = syn;
	ev[1].reason++;
	ev[2].location++;
	ev[3].packet.sport++;
	ev[4].packet.dport++;
	ev[5].packet.saddr_be++;
	ev[6].packet.daddr6[2]++;
	ev[7].packet.ifindex++;
	for (i = 0; i < 8; i++)
		assert_false(fold_take(f, &ev[i]));
	for (i = 0; i < 8; i++)
		assert_true(fold_take(f, &ev[i]));
	fold_flush(f);
	assert_int_equal(t.nr, 8);
	assert_int_equal(t.sum, 8);
	fold_free(f);
}

static void tells_at_once_what_has_no_room(void **state)
{
	struct told t = {};
	struct fold *f = fold_new(2, tell, &t);
	struct drop_event ev = syn;
	int i, round;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < 5; i++) {
			ev.packet.sport = i;
			assert_int_equal(fold_take(f, &ev), round && i < 2);
		}
	}
	fold_flush(f);
	assert_int_equal(t.sum, 2);
	fold_free(f);
	fold_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes),
		cmocka_unit_test(decodes_what_was_captured),
		cmocka_unit_test(refuses_every_shorter_event),
		cmocka_unit_test(refuses_nonsense),
		cmocka_unit_test(knows_what_reasons_mean),
		cmocka_unit_test(knows_what_a_function_drops_for),
		cmocka_unit_test(rows_fit),
		cmocka_unit_test(shows_json),
		cmocka_unit_test(leaves_out_what_is_not_known),
		cmocka_unit_test(shows_text),
		cmocka_unit_test(cuts_the_function_first),
		cmocka_unit_test(folds_repeats),
		cmocka_unit_test(folds_nothing_that_differs),
		cmocka_unit_test(tells_at_once_what_has_no_room),
	};

	return cmocka_run_group_tests_name("drop", tests, NULL, NULL);
}
