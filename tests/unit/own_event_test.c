// SPDX-License-Identifier: GPL-2.0
/* Events of a user's own: described by libbcc, decoded, shown. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "unit/view_print.h"
#include "view/own_event.h"

#define HEAD                                                                 \
	"ts_ns#unsigned long long\nifindex#unsigned int\nseq#unsigned int\n" \
	"ack#unsigned int\nlen#unsigned int\nwirelen#unsigned int\n"         \
	"sport#unsigned short\ndport#unsigned short\n"                       \
	"win#unsigned short\nflags#unsigned short\nvlan#unsigned short\n"    \
	"mss#unsigned short\ncaplen#unsigned short\n"                        \
	"payload_off#unsigned short\nip#unsigned char\n"                     \
	"ttl#unsigned char\nhook#unsigned char\ndir#unsigned char\n"
#define TAIL                                             \
	"saddr_be#unsigned int\ndaddr_be#unsigned int\n" \
	"saddr6#unsigned int[3]\ndaddr6#unsigned int[3]\n"

/* As HEAD, two of the user's own, TAIL. */
struct marked {
	__u64 ts_ns;
	__u32 ifindex, seq, ack, len, wirelen;
	__u16 sport, dport, win, flags, vlan, mss, caplen, payload_off;
	__u8 ip, ttl, hook, dir;
	__u32 mark;
	char word[4];
	__u32 saddr_be, daddr_be, saddr6[3], daddr6[3];
};

#define MARKED HEAD "mark#unsigned int\nword#char[4]\n" TAIL
#define V4_SIZE offsetof(struct marked, saddr6)

/* 10.0.0.1:40000 > 10.0.0.2:80 SYN, seq 5, and mark 7, "web" */
static const struct marked syn = {
	.ts_ns = 1000,
	.ifindex = 3,
	.seq = 5,
	.wirelen = 60,
	.sport = 40000,
	.dport = 80,
	.win = 64240,
	.flags = TCP_SYN,
	.vlan = VLAN_NONE,
	.ip = 4,
	.ttl = 64,
	.hook = HOOK_TC,
	.mark = 7,
	.word = "web",
	.saddr_be = 0x0100000a,
	.daddr_be = 0x0200000a,
};

static struct own_event own;

static int init(const char *lines)
{
	char err[128] = "";
	int ret = own_event_init(&own, lines, err, sizeof(err));

	assert_int_equal(ret == -EINVAL, *err != 0);
	return ret;
}

static void ours_is_not_own(void **state)
{
	assert_int_equal(init(HEAD TAIL), -ENOENT);
	assert_int_equal(init(NULL), -ENOENT);
}

static void what_is_needed_must_be_there(void **state)
{
	assert_int_equal(init(""), -EINVAL);
	assert_int_equal(init("nonsense"), -EINVAL);
	assert_int_equal(init(HEAD), -EINVAL);
	assert_int_equal(init("mark#unsigned int\n" HEAD TAIL), -EINVAL);
	assert_int_equal(init(HEAD "saddr_be#char[9]\ndaddr_be#unsigned int\n"
				   "saddr6#unsigned int[3]\n"
				   "daddr6#unsigned int[3]\n"),
			 -EINVAL);
}

static void decodes_and_keeps_the_rest(void **state)
{
	struct record rec;
	uint32_t ifindex;

	assert_int_equal(init(MARKED), 0);
	assert_int_equal(own.nr_own, 2);
	assert_int_equal(own.v4_size, V4_SIZE);
	assert_int_equal(
		own_event_decode(&own, &syn, V4_SIZE, 500, &rec, &ifindex), 0);
	assert_int_equal(rec.ts_ns, 1500);
	assert_int_equal(ifindex, 3);
	assert_int_equal(rec.hook_number, HOOK_TC);
	assert_int_equal(rec.sport, 40000);
	assert_int_equal(rec.dport, 80);
	assert_int_equal(rec.seq, 5);
	assert_int_equal(rec.win, 64240);
	assert_int_equal(rec.flags, TCP_SYN);
	assert_int_equal(rec.wirelen, 60);
	assert_false(rec.has_vlan);
	assert_memory_equal(rec.saddr, "\x0a\0\0\x01", 4);
	assert_memory_equal(rec.daddr, "\x0a\0\0\x02", 4);
	assert_ptr_equal(rec.own, &syn);
	assert_null(rec.payload);
}

static void shows_them(void **state)
{
	struct view json = {
		.ops = &view_json, .schema = &schema_packet, .own = &own.type};
	struct view text = {
		.ops = &view_text, .schema = &schema_packet, .own = &own.type};
	struct record rec;
	uint32_t ifindex;

	assert_int_equal(init(MARKED), 0);
	own_event_decode(&own, &syn, V4_SIZE, 0, &rec, &ifindex);
	rec.hook = "tc";
	rec.ifname = "eth0";
	assert_non_null(strstr(print(&json, RECORD, &rec),
			       "\"ttl\":64,\"mark\":7,\"word\":\"web\"}\n"));
	assert_non_null(strstr(print(&text, BEGIN, NULL), "  MARK WORD\n"));
	assert_non_null(strstr(print(&text, RECORD, &rec), "     7 web\n"));
}

/* 3 bytes of a packet behind it, one of its headers. */
static void finds_what_was_captured(void **state)
{
	struct {
		char bytes[V4_SIZE + 4];
	} raw;
	struct marked ev = syn;
	struct record rec;
	uint32_t ifindex;

	assert_int_equal(init(MARKED), 0);
	ev.caplen = 3;
	ev.payload_off = 1;
	ev.len = 2;
	memcpy(raw.bytes, &ev, V4_SIZE);
	memcpy(raw.bytes + V4_SIZE, "hpp", 4);
	assert_int_equal(
		own_event_decode(&own, &raw, V4_SIZE + 3, 0, &rec, &ifindex),
		0);
	assert_int_equal(rec.frame_len, 3);
	assert_memory_equal(rec.payload, "pp", 2);
	assert_int_equal(
		own_event_decode(&own, &raw, V4_SIZE + 2, 0, &rec, &ifindex),
		-EBADMSG);
}

static void refuses_every_shorter_event(void **state)
{
	struct marked ev = syn;
	struct record rec;
	uint32_t ifindex;
	size_t size, whole;
	void *cut;

	assert_int_equal(init(MARKED), 0);
	for (ev.ip = 4; ev.ip <= 6; ev.ip += 2) {
		whole = ev.ip == 4 ? V4_SIZE : sizeof(ev);
		for (size = 0; size <= whole; size++) {
			cut = malloc(size ?: 1);
			memcpy(cut, &ev, size);
			assert_int_equal(own_event_decode(&own, cut, size, 0,
							  &rec, &ifindex),
					 size < whole ? -EBADMSG : 0);
			free(cut);
		}
	}
}

/* Wider, elsewhere, and without what can be done without. */
static void other_widths_and_places(void **state)
{
	static const struct {
		__u64 ts_ns;
		__u32 sport, dport, ip, saddr_be, daddr_be;
		__u32 saddr6[3], daddr6[3];
	} ev = {7, 40000, 80, 4, 0x0100000a, 0x0200000a, {}, {}};
	struct record rec;
	uint32_t ifindex;

	assert_int_equal(init("ts_ns#unsigned long long\nsport#unsigned int\n"
			      "dport#unsigned int\nip#unsigned int\n" TAIL),
			 0);
	assert_int_equal(
		own_event_decode(&own, &ev, sizeof(ev), 0, &rec, &ifindex), 0);
	assert_int_equal(rec.sport, 40000);
	assert_int_equal(rec.ip, 4);
	assert_memory_equal(rec.daddr, "\x0a\0\0\x02", 4);
	assert_false(rec.has_vlan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_is_not_own),
		cmocka_unit_test(what_is_needed_must_be_there),
		cmocka_unit_test(decodes_and_keeps_the_rest),
		cmocka_unit_test(shows_them),
		cmocka_unit_test(finds_what_was_captured),
		cmocka_unit_test(refuses_every_shorter_event),
		cmocka_unit_test(other_widths_and_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
