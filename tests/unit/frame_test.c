// SPDX-License-Identifier: GPL-2.0
/* What was captured of a packet, as a frame of a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "view/frame.h"

#define ARPHRD_ETHER 1
#define IP "\x45\x00\x00\x28"

static const struct frame_place place = {
	.ifindex = 0x01020304,
	.type = ARPHRD_ETHER,
	.link_len = 14,
};

static uint8_t room[FRAME_COOKED_LEN + 64];

static struct record record_of(const char *frame, size_t len, size_t wirelen)
{
	return (struct record){
		.ip = 4,
		.frame = (const uint8_t *)frame,
		.frame_len = len,
		.wirelen = wirelen,
	};
}

#define RECORD(frame, wirelen) record_of(frame, sizeof(frame) - 1, wirelen)

/* MAC addresses, then TYPES. */
#define MACS "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"

static void test_a_plain_frame_is_as_captured(void **state)
{
	struct record rec = RECORD(MACS "\x08\x00" IP, 54);
	struct pcapng_frame f;

	frame_plain(&f, &rec);
	assert_ptr_equal(f.data, rec.frame);
	assert_int_equal(f.caplen, 18);
	assert_int_equal(f.wirelen, 54);
	assert_int_equal(f.linktype, 1);
}

static void test_a_cooked_header(void **state)
{
	static const uint8_t in[] =
		"\x08\x00\x00\x00\x01\x02\x03\x04\x00\x01\x00\x00"
		"\x00\x00\x00\x00\x00\x00\x00\x00" IP;
	struct record rec = RECORD(IP, 54);
	struct pcapng_frame f;

	frame_cooked(&f, &rec, &place, room);
	assert_int_equal(f.linktype, 276);
	assert_int_equal(f.caplen, 24);
	assert_int_equal(f.wirelen, 60);
	assert_memory_equal(f.data, in, 24);
	rec.is_out = true;
	rec.ip = 6;
	frame_cooked(&f, &rec, &place, room);
	assert_memory_equal(f.data, "\x86\xdd", 2);
	assert_int_equal(room[10], 4);
}

/* The link header and tags in the frame go, and do not count. */
static void test_a_cooked_frame_of_a_hook_with_link_header(void **state)
{
	struct frame_place tc = place;
	struct record recs[] = {
		RECORD(MACS "\x08\x00" IP, 54),
		RECORD(MACS "\x81\x00\x00\x05\x08\x00" IP, 58),
		RECORD(MACS "\x88\xa8\x00\x05\x81\x00\x00\x06\x08\x00" IP, 62),
	};
	struct pcapng_frame f;
	size_t i;

	tc.has_link = true;
	for (i = 0; i < 3; i++) {
		frame_cooked(&f, &recs[i], &tc, room);
		assert_int_equal(f.caplen, 24);
		assert_int_equal(f.wirelen, 60);
		assert_memory_equal(room + FRAME_COOKED_LEN, IP, 4);
	}
	/* A device without one has nothing to lose. */
	tc.link_len = 0;
	recs[0] = RECORD(IP, 40);
	frame_cooked(&f, &recs[0], &tc, room);
	assert_int_equal(f.caplen, 24);
	assert_int_equal(f.wirelen, 60);
}

static void test_cut_anywhere(void **state)
{
	static const char all[] =
		MACS "\x88\xa8\x00\x05\x81\x00\x00\x06\x08\x00" IP;
	struct frame_place tc = place;
	struct pcapng_frame f;
	struct record rec;
	size_t len;

	tc.has_link = true;
	for (len = 0; len < sizeof(all); len++) {
		rec = record_of(len ? all : NULL, len, 62);
		frame_cooked(&f, &rec, &tc, room);
		assert_int_equal(f.caplen,
				 FRAME_COOKED_LEN + (len > 22 ? len - 22 : 0));
		assert_true(f.wirelen >= f.caplen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_plain_frame_is_as_captured),
		cmocka_unit_test(test_a_cooked_header),
		cmocka_unit_test(
			test_a_cooked_frame_of_a_hook_with_link_header),
		cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
