// SPDX-License-Identifier: GPL-2.0
/* Events from the kernel to records: whole, cut off at every byte, and wrong. */
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
#include "view/record.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the events here are as a little-endian machine sends them"
#endif

#define BOOT_NS 1767322045000000000ull

/* clang-format off */
/*
 * vlan 100, p 0, IP 198.51.100.7.40000 > 192.0.2.1.80: Flags [SEW],
 * seq 3735928559, win 64240, options [mss 1460], length 5: HTTP
 */
static const uint8_t ip4_event[] = {
	0x00, 0x10, 0xa5, 0xd4, 0xe8, 0x00, 0x00, 0x00, /* 1,000 s */
	0x02, 0x00, 0x00, 0x00, /* ifindex 2 */
	0xef, 0xbe, 0xad, 0xde, /* seq */
	0x00, 0x00, 0x00, 0x00, /* ack */
	0x05, 0x00, 0x00, 0x00, /* len */
	0x31, 0x00, 0x00, 0x00, /* wirelen 49 */
	0x40, 0x9c,             /* sport */
	0x50, 0x00,             /* dport */
	0xf0, 0xfa,             /* win */
	0xc2, 0x00,             /* SYN ECE CWR */
	0x64, 0x00,             /* vlan */
	0xb4, 0x05,             /* mss */
	0x0c, 0x00,             /* caplen 12 */
	0x04, 0x00,             /* payload_off */
	0x04, 0x39, 0x01, 0x00, /* IPv4, ttl 57, tc, in */
	198,  51,   100,  7,    /* saddr */
	192,  0,    2,    1,    /* daddr */
	0xee, 0xee, 0xee, 0xee, /* captured: headers, */
	'h',  'e',  'l',  'l',  'o', /* payload, */
	0x00, 0x00, 0x00,       /* Ethernet's padding */
};

/*
 * IP6 2001:db8::10.46566 > 2001:db8::1.80: Flags [.], ack 4271108315, win 64,
 * length 100
 */
static const uint8_t ip6_event[] = {
	0x00, 0x10, 0xa5, 0xd4, 0xe8, 0x00, 0x00, 0x00, /* 1,000 s */
	0x03, 0x00, 0x00, 0x00, /* ifindex 3 */
	0x01, 0xde, 0x3d, 0x49, /* seq 1228791297 */
	0xdb, 0xf0, 0x93, 0xfe, /* ack 4271108315 */
	0x64, 0x00, 0x00, 0x00, /* len 100 */
	0xac, 0x00, 0x00, 0x00, /* wirelen 172 */
	0xe6, 0xb5,             /* sport */
	0x50, 0x00,             /* dport */
	0x40, 0x00,             /* win */
	0x10, 0x00,             /* ACK */
	0xff, 0xff,             /* no vlan */
	0x00, 0x00,             /* no mss */
	0x03, 0x00,             /* caplen 3 */
	0x01, 0x00,             /* payload_off */
	0x06, 0x40, 0x00, 0x01, /* IPv6, hop limit 64, socket, out */
	0x20, 0x01, 0x0d, 0xb8, /* saddr, first part */
	0x20, 0x01, 0x0d, 0xb8, /* daddr, first part */
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
	0xee, 'a',  'b',        /* captured */
};
/* clang-format on */

static struct record rec;
static uint32_t ifindex;

/* In memory of just that size, so that ASan sees a read behind it. */
static int decode(const uint8_t *event, size_t size)
{
	uint8_t *raw = malloc(size ? size : 1);
	int ret;

	assert_non_null(raw);
	memcpy(raw, event, size);
	ret = record_decode(raw, size, BOOT_NS, &rec, &ifindex);
	free(raw);
	return ret;
}

static void ip4_whole(void **state)
{
	static const uint8_t saddr[16] = {198, 51, 100, 7};
	static const uint8_t daddr[16] = {192, 0, 2, 1};

	assert_int_equal(record_decode(ip4_event, sizeof(ip4_event), BOOT_NS,
				       &rec, &ifindex),
			 0);
	assert_int_equal(ifindex, 2);
	assert_int_equal(rec.ts_ns, 1767323045000000000ull);
	assert_int_equal(rec.hook_number, HOOK_TC);
	assert_null(rec.hook);
	assert_null(rec.ifname);
	assert_false(rec.is_out);
	assert_int_equal(rec.ip, 4);
	assert_memory_equal(rec.saddr, saddr, 16);
	assert_memory_equal(rec.daddr, daddr, 16);
	assert_int_equal(rec.sport, 40000);
	assert_int_equal(rec.dport, 80);
	assert_int_equal(rec.flags, TCP_SYN | TCP_ECE | TCP_CWR);
	assert_int_equal(rec.seq, 3735928559);
	assert_int_equal(rec.ack, 0);
	assert_int_equal(rec.rel_seq, 3735928559);
	assert_int_equal(rec.rel_ack, 0);
	assert_int_equal(rec.win, 64240);
	assert_int_equal(rec.len, 5);
	assert_int_equal(rec.wirelen, 49);
	assert_int_equal(rec.ttl, 57);
	assert_true(rec.has_vlan);
	assert_int_equal(rec.vlan, 100);
	assert_true(rec.has_mss);
	assert_int_equal(rec.mss, 1460);
	assert_ptr_equal(rec.payload, ip4_event + TCP_EVENT_V4_SIZE + 4);
	assert_int_equal(rec.payload_len, 5);
}

static void ip6_whole(void **state)
{
	static const uint8_t saddr[16] = {0x20, 1, 0x0d, 0xb8, [15] = 0x10};
	static const uint8_t daddr[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};

	assert_int_equal(record_decode(ip6_event, sizeof(ip6_event), BOOT_NS,
				       &rec, &ifindex),
			 0);
	assert_int_equal(ifindex, 3);
	assert_int_equal(rec.hook_number, HOOK_SOCKET);
	assert_true(rec.is_out);
	assert_int_equal(rec.ip, 6);
	assert_memory_equal(rec.saddr, saddr, 16);
	assert_memory_equal(rec.daddr, daddr, 16);
	assert_int_equal(rec.sport, 46566);
	assert_int_equal(rec.dport, 80);
	assert_int_equal(rec.flags, TCP_ACK);
	assert_int_equal(rec.seq, 1228791297);
	assert_int_equal(rec.ack, 4271108315);
	assert_int_equal(rec.win, 64);
	assert_int_equal(rec.len, 100);
	assert_int_equal(rec.wirelen, 172);
	assert_int_equal(rec.ttl, 64);
	assert_false(rec.has_vlan);
	assert_false(rec.has_mss);
	assert_ptr_equal(rec.payload, ip6_event + TCP_EVENT_V6_SIZE + 1);
	assert_int_equal(rec.payload_len, 2);
}

static void every_cut_is_refused(void **state)
{
	size_t size;

	for (size = 0; size < sizeof(ip4_event); size++)
		assert_int_equal(decode(ip4_event, size), -EBADMSG);
	assert_int_equal(decode(ip4_event, size), 0);
	for (size = 0; size < sizeof(ip6_event); size++)
		assert_int_equal(decode(ip6_event, size), -EBADMSG);
	assert_int_equal(decode(ip6_event, size), 0);
}

/* The perf ring gives a sample of whole 8 bytes, and puts it anywhere. */
static void padding_and_alignment_do_not_matter(void **state)
{
	uint8_t raw[sizeof(ip6_event) + 16] = {0};
	size_t at;

	for (at = 0; at < 8; at++) {
		memcpy(raw + at, ip6_event, sizeof(ip6_event));
		assert_int_equal(record_decode(raw + at, sizeof(raw) - at,
					       BOOT_NS, &rec, &ifindex),
				 0);
		assert_int_equal(rec.ack, 4271108315);
		assert_int_equal(rec.payload_len, 2);
	}
}

/* An IPv4 event with 24 bytes of padding could pass for an IPv6 one. */
static void padding_is_no_address(void **state)
{
	static const uint8_t zeros[12];
	uint8_t raw[TCP_EVENT_V6_SIZE + 12];

	memset(raw, 0xff, sizeof(raw));
	memcpy(raw, ip4_event, sizeof(ip4_event));
	assert_int_equal(decode(raw, sizeof(raw)), 0);
	assert_memory_equal(rec.saddr + 4, zeros, 12);
	assert_memory_equal(rec.daddr + 4, zeros, 12);
}

#define AT(field)                          \
	offsetof(struct tcp_event, field), \
		sizeof(((struct tcp_event *)NULL)->field)

static int decode_changed(size_t at, size_t size, uint16_t value)
{
	uint8_t raw[sizeof(ip4_event)];

	memcpy(raw, ip4_event, sizeof(raw));
	memcpy(raw + at, &value, size);
	return decode(raw, sizeof(raw));
}

static void what_does_not_exist_is_refused(void **state)
{
	assert_int_equal(decode_changed(AT(ip), 0), -EBADMSG);
	assert_int_equal(decode_changed(AT(ip), 5), -EBADMSG);
	assert_int_equal(decode_changed(AT(ip), 6), -EBADMSG); /* too short */
	assert_int_equal(decode_changed(AT(ip), 255), -EBADMSG);
	assert_int_equal(decode_changed(AT(dir), 2), -EBADMSG);
	assert_int_equal(decode_changed(AT(flags), 0x200), -EBADMSG);
	assert_int_equal(decode_changed(AT(flags), 0x1ff), 0);
	assert_int_equal(decode_changed(AT(vlan), 0x1000), -EBADMSG);
	assert_int_equal(decode_changed(AT(vlan), 0xfffe), -EBADMSG);
	assert_int_equal(decode_changed(AT(vlan), 0xfff), 0);
	assert_int_equal(decode_changed(AT(vlan), 0), 0);
	assert_true(rec.has_vlan);
	assert_int_equal(decode_changed(AT(caplen), 13), -EBADMSG);
	assert_int_equal(decode_changed(AT(caplen), 0xffff), -EBADMSG);
	assert_int_equal(decode_changed(AT(payload_off), 13), -EBADMSG);
	assert_int_equal(decode_changed(AT(payload_off), 0xffff), -EBADMSG);
}

/* Which hooks there are is the caller's to know. */
static void any_hook_is_taken(void **state)
{
	assert_int_equal(decode_changed(AT(hook), 0), 0);
	assert_int_equal(rec.hook_number, 0);
	assert_int_equal(decode_changed(AT(hook), 255), 0);
	assert_int_equal(rec.hook_number, 255);
}

static void payload_that_was_not_captured(void **state)
{
	uint8_t raw[TCP_EVENT_V4_SIZE];

	/* Up to the end of the headers: none of the payload... */
	assert_int_equal(decode_changed(AT(payload_off), 12), 0);
	assert_non_null(rec.payload);
	assert_int_equal(rec.payload_len, 0);
	/* ... and nothing at all. */
	memcpy(raw, ip4_event, sizeof(raw));
	memset(raw + offsetof(struct tcp_event, caplen), 0, 4);
	assert_int_equal(decode(raw, sizeof(raw)), 0);
	assert_null(rec.payload);
	assert_int_equal(rec.payload_len, 0);
}

static void flags_are_in_order(void **state)
{
	static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK",
					    "URG", "ECE", "CWR", "AE"};
	static const char letters[] = "FSRPAUEWe";
	size_t i;

	for (i = 0; i < 9; i++) {
		assert_int_equal(flag_names[i].bit, 1 << i);
		assert_int_equal(flag_names[i].letter, letters[i]);
		assert_string_equal(flag_names[i].name, names[i]);
	}
	assert_int_equal(flag_names[i].bit, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ip4_whole),
		cmocka_unit_test(ip6_whole),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(padding_and_alignment_do_not_matter),
		cmocka_unit_test(padding_is_no_address),
		cmocka_unit_test(what_does_not_exist_is_refused),
		cmocka_unit_test(any_hook_is_taken),
		cmocka_unit_test(payload_that_was_not_captured),
		cmocka_unit_test(flags_are_in_order),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
