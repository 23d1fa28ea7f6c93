// SPDX-License-Identifier: GPL-2.0
/* From what is known of an attempt to a verdict and a row. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "unit/view_print.h"
#include "view/columns.h"
#include "view/why.h"

/* 10.0.0.1:40000 > 10.0.0.2:81 SYN, dropped at once */
static const struct why_event dropped = {
	.ts_ns = 1000,
	.key =
		{
			.remote = {0x0100000a},
			.local = {0x0200000a},
			.remote_port = 40000,
			.local_port = 81,
			.ip = 4,
		},
	.attempt =
		{
			.first_ns = 900,
			.last_ns = 1000,
			.location = 0xffffffff81234567,
			.reason = 3,
			.has_reason = 1,
			.seq = 5,
			.ifindex = 7,
			.nr_syn = 1,
			.state = WHY_TOLD,
			.how = WHY_DROPPED,
		},
};

static void decodes(void **state)
{
	struct why w;

	assert_int_equal(why_decode(&dropped, sizeof(dropped), 500, &w), 0);
	assert_int_equal(w.rec.ts_ns, 1500);
	assert_int_equal(w.rec.ip, 4);
	assert_int_equal(w.rec.sport, 40000);
	assert_int_equal(w.rec.dport, 81);
	assert_int_equal(w.rec.seq, 5);
	assert_memory_equal(w.rec.saddr, "\x0a\0\0\x01\0\0\0", 8);
	assert_int_equal(w.attempt.ifindex, 7);
	assert_null(w.verdict);
}

static void refuses_every_shorter_event(void **state)
{
	struct why w;
	size_t size;
	void *cut;

	for (size = 0; size < sizeof(dropped); size++) {
		cut = malloc(size ?: 1);
		memcpy(cut, &dropped, size);
		assert_int_equal(why_decode(cut, size, 0, &w), -EBADMSG);
		free(cut);
	}
}

static void refuses_nonsense(void **state)
{
	struct why_event ev = dropped;
	struct why w;

	ev.key.ip = 0;
	assert_int_equal(why_decode(&ev, sizeof(ev), 0, &w), -EBADMSG);
	ev = dropped;
	ev.attempt.how = WHY_NOTHING + 1;
	assert_int_equal(why_decode(&ev, sizeof(ev), 0, &w), -EBADMSG);
}

static const struct {
	struct why_attempt a;
	const char *reason;
	bool has_listener;
	const char *verdict, *evidence;
} cases[] = {
	{{.how = WHY_DROPPED, .has_reason = 1},
	 "NO_SOCKET",
	 true,
	 "nobody-listens",
	 "NO_SOCKET in f"},
	{{.how = WHY_DROPPED, .has_reason = 1},
	 "NETFILTER_DROP",
	 true,
	 "firewall",
	 "NETFILTER_DROP in f"},
	{{.how = WHY_DROPPED, .has_reason = 1},
	 "TCP_CSUM",
	 true,
	 "syn-dropped",
	 "TCP_CSUM in f"},
	{{.how = WHY_DROPPED},
	 "NETFILTER_DROP",
	 false,
	 "firewall",
	 "NETFILTER_DROP in f"},
	{{.how = WHY_DROPPED}, NULL, false, "nobody-listens", "dropped in f"},
	{{.how = WHY_DROPPED}, NULL, true, "syn-dropped", "dropped in f"},
	{{.how = WHY_RST_IN},
	 NULL,
	 true,
	 "reset-by-client",
	 "in the handshake"},
	{{.how = WHY_RST_OUT},
	 NULL,
	 true,
	 "reset-by-application",
	 "nothing was sent"},
	{{.how = WHY_NOTHING,
	  .nr_refused = 1,
	  .has_reason = 1,
	  .has_queue = 1,
	  .queued = 5,
	  .limit = 4},
	 "TCP_LISTEN_OVERFLOW",
	 true,
	 "queue-full",
	 "5 wait, limit 4"},
	{{.how = WHY_NOTHING, .has_queue = 1, .queued = 129, .limit = 128},
	 NULL,
	 true,
	 "queue-full",
	 "129 wait, limit 128"},
	{{.how = WHY_NOTHING,
	  .has_queue = 1,
	  .queued = 4,
	  .limit = 4,
	  .nr_synack = 2},
	 NULL,
	 true,
	 "synack-unanswered",
	 "SYN-ACK sent 3 times"},
	{{.how = WHY_NOTHING, .nr_refused = 1, .has_reason = 1},
	 "NETFILTER_DROP",
	 true,
	 "firewall",
	 "NETFILTER_DROP in f"},
	{{.how = WHY_NOTHING, .nr_refused = 1, .has_reason = 1, .nr_synack = 1},
	 "TCP_CSUM",
	 true,
	 "ack-dropped",
	 "TCP_CSUM in f"},
	{{.how = WHY_NOTHING, .nr_syn = 2},
	 NULL,
	 true,
	 "no-answer",
	 "2 SYN taken"},
};

static void judges(void **state)
{
	struct why w;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		why_fill(&w, 0, &dropped.key, &cases[i].a);
		w.rec.reason = cases[i].reason;
		w.function = "f";
		why_judge(&w, cases[i].has_listener);
		assert_string_equal(w.verdict, cases[i].verdict);
		assert_string_equal(w.evidence, cases[i].evidence);
	}
}

static struct why judged(void)
{
	struct why w;

	assert_int_equal(why_decode(&dropped, sizeof(dropped), 0, &w), 0);
	w.rec.ts_ns = 1767323045123456789ull;
	w.rec.ifname = "eth0";
	w.rec.reason = "NO_SOCKET";
	w.function = "tcp_v4_rcv";
	why_judge(&w, true);
	return w;
}

#define JSON_ENDS                                                          \
	"{\"type\":\"failure\",\"ts\":\"2026-01-02T03:04:05.123456789Z\"," \
	"\"ifname\":\"eth0\",\"ip\":4,\"saddr\":\"10.0.0.1\","             \
	"\"sport\":40000,\"daddr\":\"10.0.0.2\",\"dport\":81,\"seq\":5,"

static void shows_json(void **state)
{
	struct view v = {.ops = &view_json, .schema = &schema_why};
	struct why w = judged();

	assert_string_equal(print(&v, RECORD, &w.rec), JSON_ENDS
			    "\"verdict\":\"nobody-listens\","
			    "\"evidence\":\"NO_SOCKET in tcp_v4_rcv\","
			    "\"reason\":\"NO_SOCKET\","
			    "\"function\":\"tcp_v4_rcv\",\"syns\":1,"
			    "\"synack_retransmits\":0,\"acks_dropped\":0}\n");
	w.rec.reason = w.function = NULL;
	w.attempt.has_queue = 1;
	w.attempt.queued = 5;
	w.attempt.limit = 4;
	w.attempt.how = WHY_NOTHING;
	why_judge(&w, true);
	assert_string_equal(print(&v, RECORD, &w.rec), JSON_ENDS
			    "\"verdict\":\"queue-full\","
			    "\"evidence\":\"5 wait, limit 4\",\"queued\":5,"
			    "\"limit\":4,\"syns\":1,\"synack_retransmits\":0,"
			    "\"acks_dropped\":0}\n");
}

static void shows_text(void **state)
{
	struct view v = {.ops = &view_text, .schema = &schema_why};
	struct why w = judged();

	v.opts.is_utc = true;
	assert_int_equal(schema_width(&schema_why), 100);
	assert_string_equal(print(&v, BEGIN, NULL),
			    "TIME         SRC                 DST"
			    "               VERDICT              EVIDENCE\n");
	assert_string_equal(print(&v, RECORD, &w.rec),
			    "03:04:05.123 10.0.0.1:40000      10.0.0.2:81"
			    "       nobody-listens       "
			    "NO_SOCKET in tcp_v4_rcv\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes),
		cmocka_unit_test(refuses_every_shorter_event),
		cmocka_unit_test(refuses_nonsense),
		cmocka_unit_test(judges),
		cmocka_unit_test(shows_json),
		cmocka_unit_test(shows_text),
	};

	return cmocka_run_group_tests_name("why", tests, NULL, NULL);
}
