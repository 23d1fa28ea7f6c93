// SPDX-License-Identifier: GPL-2.0
/* Blocks of a pcapng file, byte by byte (of a little-endian machine). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "unit/view_print.h"
#include "view/pcapng_block.h"

static uint8_t block[1 << 19];
static int block_fd;

static struct out *block_begin(void)
{
	struct out *o;

	block_fd = memfd_create("block", MFD_CLOEXEC);
	assert_true(block_fd >= 0);
	o = out_new(block_fd);
	assert_non_null(o);
	return o;
}

/* The block is in block[]; SIZE is what its function said. */
static void block_end(struct out *o, size_t size)
{
	out_commit(o);
	assert_int_equal(out_flush(o), 0);
	out_free(o);
	memset(block, 0, sizeof(block));
	assert_int_equal(pread(block_fd, block, sizeof(block), 0), size);
	close(block_fd);
	assert_int_equal(size % 4, 0);
	assert_memory_equal(block + 4, &(uint32_t){size}, 4);
	assert_memory_equal(block + size - 4, &(uint32_t){size}, 4);
}

#define PUT(put, ...)                                \
	do {                                         \
		struct out *o_ = block_begin();      \
		block_end(o_, put(o_, __VA_ARGS__)); \
	} while (0)

static void section(void **state)
{
	static const uint8_t want[] = {
		0x0a, 0x0d, 0x0d, 0x0a, 68,   0,    0,	  0,
		0x4d, 0x3c, 0x2b, 0x1a, 1,    0,    0,	  0, /* magic, 1.0 */
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		2,    0,    6,	  0, /* hardware */
		'x',  '8',  '6',  '_',	'6',  '4',  0,	  0,
		3,    0,    5,	  0, /* os */
		'L',  'i',  'n',  'u',	'x',  0,    0,	  0,
		4,    0,    8,	  0, /* application */
		't',  'o',  'o',  'l',	' ',  '0',  '.',  '1',
		0,    0,    0,	  0, /* end of options */
		68,   0,    0,	  0,
	};
	struct pcapng_section s = {"x86_64", "Linux", "tool 0.1"};

	PUT(pcapng_put_section, &s);
	assert_memory_equal(block, want, sizeof(want));
	assert_int_equal(block[4], sizeof(want));
	PUT(pcapng_put_section, &(struct pcapng_section){});
	assert_int_equal(block[4], 28); /* no options at all */
}

static void interface(void **state)
{
	static const uint8_t want[] = {
		1,   0,	  0,   0,   64,	 0,   0,   0,
		101, 0,	  0,   0,   128, 0,   0,   0,	/* raw IP, snaplen */
		2,   0,	  4,   0,   'e', 't', 'h', '0', /* name */
		3,   0,	  8,   0,			/* description */
		'h', 'o', 'o', 'k', ' ', 'x', 'd', 'p',
		9,   0,	  1,   0,   9,	 0,   0,   0, /* nanoseconds */
		11,  0,	  6,   0,		      /* filter, a string */
		0,   '-', 'p', ' ', '8', '0', 0,   0,
		0,   0,	  0,   0,   64,	 0,   0,   0,
	};
	struct pcapng_interface i = {PCAPNG_RAW, 128, "eth0", "hook xdp",
				     "-p 80"};

	PUT(pcapng_put_interface, &i);
	assert_memory_equal(block, want, sizeof(want));
	assert_int_equal(block[4], sizeof(want));
	i = (struct pcapng_interface){.linktype = PCAPNG_ETHERNET};
	PUT(pcapng_put_interface, &i);
	assert_int_equal(block[4], 32); /* the resolution alone */
	assert_int_equal(block[8], 1);
}

/* The first 21 bytes of: IP 198.51.100.7.40000 > 192.0.2.1.80: Flags [S] */
static const uint8_t bytes[] = {0x45, 0x00, 0x00, 0x28, 0x00, 0x00, 0x40,
				0x00, 0x39, 0x06, 0x79, 0xb3, 0xc6, 0x33,
				0x64, 0x07, 0xc0, 0x00, 0x02, 0x01, 0x9c};

/* The time, 1767323045123456789, is 0x1886caf223f1ff15. */
static void packet(void **state)
{
	static const uint8_t want[] = {
		6,    0,    0,	  0,	84,   0,    0,	  0,
		3,    0,    0,	  0, /* interface */
		0xf2, 0xca, 0x86, 0x18, 0x15, 0xff, 0xf1, 0x23,
		21,   0,    0,	  0,	152,  0,    0,	  0, /* of 152 bytes */
		0x45, 0x00, 0x00, 0x28, 0x00, 0x00, 0x40, 0x00,
		0x39, 0x06, 0x79, 0xb3, 0xc6, 0x33, 0x64, 0x07,
		0xc0, 0x00, 0x02, 0x01, 0x9c, 0,    0,	  0,
		1,    0,    11,	  0, /* comment */
		'h',  'o',  'o',  'k',	' ',  's',  'o',  'c',
		'k',  'e',  't',  0,	2,    0,    4,	  0,
		1,    0,    0,	  0, /* inbound */
		0,    0,    0,	  0,	84,   0,    0,	  0,
	};
	struct pcapng_frame frame = {bytes, sizeof(bytes), 152, PCAPNG_RAW};
	struct record rec = ip4_record();

	PUT(pcapng_put_packet, 3, 0, &rec, &frame);
	assert_memory_equal(block, want, sizeof(want));
	assert_int_equal(block[4], sizeof(want));
	rec.is_out = true;
	PUT(pcapng_put_packet, 3, 0, &rec, &frame);
	assert_memory_equal(block + 68, "\2\0\4\0\2\0\0\0", 8);
}

static void check_packet(const struct record *rec, size_t caplen,
			 size_t snaplen, uint32_t want)
{
	static const uint8_t zeros[300000];
	struct pcapng_frame frame = {caplen ? zeros : NULL, caplen, 270000,
				     PCAPNG_RAW};

	PUT(pcapng_put_packet, 0, snaplen, rec, &frame);
	assert_memory_equal(block + 20, &want, 4);
	want = want > 270000 ? want : 270000;
	assert_memory_equal(block + 24, &want, 4);
}

static void captured_lengths(void **state)
{
	struct record rec = ip4_record();

	check_packet(&rec, 0, 0, 0);
	check_packet(&rec, 0, 128, 0);
	check_packet(&rec, 127, 128, 127);
	check_packet(&rec, 129, 128, 128);
	check_packet(&rec, 262144, 0, 262144);
	check_packet(&rec, 262145, 0, 262144);
	check_packet(&rec, 300000, 262145, 262144);
}

static void comment_is(const struct record *rec, const char *want)
{
	struct pcapng_frame frame = {NULL, 0, 152, PCAPNG_RAW};
	uint16_t head[2];

	PUT(pcapng_put_packet, 0, 0, rec, &frame);
	memcpy(head, block + 28, sizeof(head));
	assert_int_equal(head[0], 1);
	block[32 + head[1]] = '\0';
	assert_string_equal((char *)block + 32, want);
}

static void comments(void **state)
{
	struct record rec = ip4_record();
	char name[1000];

	comment_is(&rec, "hook socket");
	rec.reason = "NO_SOCKET";
	comment_is(&rec, "hook socket reason NO_SOCKET");
	rec.has_owner = true;
	rec.pid = UINT32_MAX;
	comment_is(&rec, "pid 4294967295 hook socket reason NO_SOCKET");
	rec.comm = "nginx";
	rec.pid = 123;
	comment_is(&rec, "pid 123 nginx hook socket reason NO_SOCKET");
	rec.owner_is_listener = true;
	comment_is(&rec, "pid 123 (nginx) hook socket reason NO_SOCKET");
	rec.comm = "a\n\x1b\xff\xc3\xa9\xc2\x9b";
	rec.reason = NULL;
	comment_is(&rec, "pid 123 (a???\xc3\xa9?) hook socket");
	memset(name, 'x', sizeof(name));
	name[999] = '\0';
	rec.comm = name;
	PUT(pcapng_put_packet, 0, 0, &rec, &(struct pcapng_frame){});
	assert_memory_equal(block + 28, "\1\0\xff\1pid 123 (xx", 15);
}

/* Whatever is too long is cut, between characters, and the block stays one. */
static void long_strings(void **state)
{
	char name[70001];
	struct pcapng_interface i = {PCAPNG_RAW, 0, name, name, name};
	uint16_t len;
	size_t at;

	for (at = 0; at < 70000; at += 2)
		memcpy(name + at, "\xc3\xa9", 2);
	name[70000] = '\0';
	PUT(pcapng_put_interface, &i);
	memcpy(&len, block + 18, 2);
	assert_int_equal(len, 4000);
	memcpy(&len, block + 16 + 4 + 4000 + 2, 2);
	assert_int_equal(len, 4000);
	at = 16 + 2 * 4004 + 8;
	assert_int_equal(block[at], 11);
	memcpy(&len, block + at + 2, 2);
	assert_int_equal(len, 3999); /* a zero, and no half of a character */
	at += 4 + 4000;
	assert_memory_equal(block + at, "\0\0\0\0", 4);
	assert_int_equal(block[at + 4] | block[at + 5] << 8, at + 8);
}

static void statistics(void **state)
{
	static const uint8_t
		want
			[] =
				{
					5,    0,    0,	  0,	120,
					0,    0,    0,	  2,	0,
					0,    0, /* interface */
					0xf2, 0xca, 0x86, 0x18, 0x16,
					0xff, 0xf1, 0x23, 1,	0,
					2,    0,    'h',  'i',	0,
					0,    2,    0,	  8,	0, /* start */
					0xf2, 0xca, 0x86, 0x18, 0x15,
					0xff, 0xf1, 0x23, 3,	0,
					8,    0, /* end */
					0xf2, 0xca, 0x86, 0x18, 0x16,
					0xff, 0xf1, 0x23, 4,	0,
					8,    0, /* received */
					0x88, 0x77, 0x66, 0x55, 0x44,
					0x33, 0x22, 0x11, 5,	0,
					8,    0, /* dropped */
					60,   0,    0,	  0,	0,
					0,    0,    0,	  6,	0,
					8,    0, /* accepted by the filter */
					100,  0,    0,	  0,	0,
					0,    0,    0,	  7,	0,
					8,    0, /* dropped by the OS */
					30,   0,    0,	  0,	0,
					0,    0,    0,	  8,	0,
					8,    0, /* delivered to the user */
					40,   0,    0,	  0,	0,
					0,    0,    0,	  0,	0,
					0,    0,    120,  0,	0,
					0,
				};
	struct pcapng_statistics s = {
		.interface = 2,
		.start_ns = 1767323045123456789ull,
		.end_ns = 1767323045123456790ull,
		.nr_written = 40,
		.has_counts = true,
		.seen = 0x1122334455667788,
		.matched = 100,
		.lost = 60,
		.lost_os = 30,
		.comment = "hi",
	};

	PUT(pcapng_put_statistics, &s);
	assert_int_equal(block[4], sizeof(want));
	assert_memory_equal(block, want, sizeof(want));
	s.has_counts = false;
	s.comment = "";
	PUT(pcapng_put_statistics, &s);
	assert_int_equal(block[4], 24 + 3 * 12 + 4);
	assert_int_equal(block[44], 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section),
		cmocka_unit_test(interface),
		cmocka_unit_test(packet),
		cmocka_unit_test(captured_lengths),
		cmocka_unit_test(comments),
		cmocka_unit_test(long_strings),
		cmocka_unit_test(statistics),
	};

	return cmocka_run_group_tests_name("pcapng_block", tests, NULL, NULL);
}
