// SPDX-License-Identifier: GPL-2.0
/*
 * pcap-filter(7) as C against libpcap itself: every expression over packets of
 * every kind, compiled for this machine, must accept what libpcap's own
 * interpreter accepts.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile/pcap.h"
#include "compile/source.h"
#include "unit/native.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define PACKETS 600
#define FRAME_MAX 256

static const char *const expressions[] = {
#include "unit/pcap_expressions.inc"
};

struct frame_bytes {
	uint8_t b[FRAME_MAX];
	uint32_t len;
	uint32_t nr_tags; /* the first, at 12, may be moved to the sk_buff */
};

static struct frame_bytes packets[PACKETS];

static uint32_t draw_state = 1;

/* Numbers that are the same each time. */
static uint32_t draw(uint32_t below)
{
	draw_state = draw_state * 1103515245 + 12345;
	return (draw_state >> 8) % below;
}

static void put(struct frame_bytes *f, const void *p, size_t len)
{
	memcpy(f->b + f->len, p, len);
	f->len += len;
}

static void put8(struct frame_bytes *f, uint8_t v)
{
	put(f, &v, 1);
}

static void put16(struct frame_bytes *f, uint16_t v)
{
	v = htons(v);
	put(f, &v, 2);
}

static void put32(struct frame_bytes *f, uint32_t v)
{
	v = htonl(v);
	put(f, &v, 4);
}

/* Mostly the values that the expressions name. */
static uint16_t draw_port(void)
{
	static const uint16_t ports[] = {80, 443, 22, 8080, 1024, 40000, 65535};

	return draw(8) ? ports[draw(NR(ports))] : draw(65536);
}

static uint32_t draw_addr(void)
{
	static const uint32_t addrs[] = {0x0a000001, 0x0a000002, 0xc0a80101,
					 0xac100a0b, 0xe0000001, 0xffffffff};

	return draw(8) ? addrs[draw(NR(addrs))] : draw(1u << 24) << 8;
}

static void put_addr6(struct frame_bytes *f)
{
	put32(f, draw(2) ? 0xfd000077 : 0x20010db8);
	put32(f, 0);
	put32(f, 0);
	put32(f, 1 + draw(3));
}

/* OPTIONS words of TCP options, LEN bytes of payload. */
static void put_tcp(struct frame_bytes *f, unsigned options, unsigned len)
{
	static const uint8_t flags[] = {0x02, 0x12, 0x10, 0x18, 0x11,
					0x04, 0x14, 0xc2, 0x29};
	unsigned i;

	put16(f, draw_port());
	put16(f, draw_port());
	put32(f, draw(1u << 24));
	put32(f, draw(1u << 24));
	put8(f, (5 + options) << 4 | draw(2));
	put8(f, flags[draw(NR(flags))]);
	put16(f, draw(65536));
	put16(f, draw(65536));
	put16(f, draw(4));
	for (i = 0; i < options; i++)
		put32(f, 0x020405b4 + draw(2));
	for (i = 0; i < len; i++)
		put8(f, "GET /POST\0\xff"[draw(11)]);
}

static void put_ip4(struct frame_bytes *f)
{
	unsigned options = draw(3) ? 0 : draw(11), tcp_options = draw(11);
	unsigned len = draw(4) ? draw(60) : 0, i;

	put8(f, 0x45 + options);
	put8(f, draw(256));
	put16(f, (5 + options + 5 + tcp_options) * 4 + len);
	put16(f, draw(65536));
	put16(f, draw(4) ? draw(2) << 14 : 0x2000);
	put8(f, draw(2) ? 64 : draw(256));
	put8(f, 6);
	put16(f, draw(65536));
	put32(f, draw_addr());
	put32(f, draw_addr());
	for (i = 0; i < options; i++)
		put32(f, 0x01010101);
	put_tcp(f, tcp_options, len);
}

/* NEXT header types in front of TCP, 0 to 2 of 8 bytes each. */
static void put_ip6(struct frame_bytes *f)
{
	static const uint8_t types[] = {0, 60, 43, 44};
	unsigned nr = draw(3) ? 0 : 1 + draw(2), i, tcp_options = draw(5);
	unsigned len = draw(4) ? draw(40) : 0;
	uint8_t type[3] = {6, 6, 6};

	for (i = 0; i < nr; i++)
		type[i] = types[draw(NR(types))];
	put32(f, 0x60000000 | draw(1 << 20));
	put16(f, nr * 8 + (5 + tcp_options) * 4 + len);
	put8(f, type[0]);
	put8(f, draw(2) ? 64 : draw(256));
	put_addr6(f);
	put_addr6(f);
	for (i = 0; i < nr; i++) {
		put8(f, type[i + 1]);
		put8(f, 0);
		put16(f, type[i] == 44 ? 1 : 0x0104);
		put32(f, 0);
	}
	put_tcp(f, tcp_options, len);
}

static void put_ip(struct frame_bytes *f, bool is_ip6)
{
	if (is_ip6)
		put_ip6(f);
	else
		put_ip4(f);
}

static void packet_make(struct frame_bytes *f, bool has_link)
{
	bool is_ip6 = !draw(3);
	unsigned i, nr_tags = draw(3) ? 0 : 1 + draw(2);

	memset(f, 0, sizeof(*f));
	if (!has_link) {
		put_ip(f, is_ip6);
		return;
	}
	for (i = 0; i < 12; i++)
		put8(f, draw(3) ? i : draw(256));
	for (i = 0; i < nr_tags; i++) {
		put16(f, i + 1 < nr_tags ? 0x88a8 : 0x8100);
		put16(f, draw(8) << 13 | (draw(2) ? 7 : draw(4096)));
	}
	f->nr_tags = nr_tags;
	put16(f, is_ip6 ? 0x86dd : 0x0800);
	put_ip(f, is_ip6);
	/* As Ethernet pads. */
	while (f->len < 60)
		put8(f, 0);
}

/* What frame.h expects around it, and a name of its own for each filter. */
static const char start[] =
	"#include <arpa/inet.h>\n"
	"#include <linux/types.h>\n"
	"#include <stdbool.h>\n"
	"#define ETH_HLEN 14\n"
	"typedef __u8 u8;\n"
	"typedef __u16 u16;\n"
	"typedef __u32 u32;\n"
	"typedef __u64 u64;\n"
	"struct packet { const u8 *bytes; u32 len, piece, link; };\n"
	"struct arrival { u32 wirelen; u16 tag_proto, tag_tci, link_tags; };\n"
	"struct sight { u32 len, piece, link, link_tags, moved; u8 tag[4]; };\n"
	"static int load(struct packet *p, u32 off, void *to, u32 len, u32 end)\n"
	"{\n"
	"\tif (off > end || len > end - off)\n"
	"\t\treturn -1;\n"
	"\t__builtin_memcpy(to, p->bytes + off, len);\n"
	"\treturn 0;\n"
	"}\n"
	"#define FRAME_LOAD_IS_PART 1\n"
	"#define PACKET(ctx) ((struct packet *)(ctx))\n"
	"#define FRAME_LOAD(ctx, off, to, nr) \\\n"
	"\tload(ctx, off, to, nr, PACKET(ctx)->piece)\n"
	"#define LOAD(ctx, off, to, nr) \\\n"
	"\tload(ctx, (off) + PACKET(ctx)->link, to, nr, PACKET(ctx)->len)\n"
	"#define NAME2(name, id) name##id\n"
	"#define NAME1(name, id) NAME2(name, id)\n"
	"#define NAME(name) NAME1(name##_, ID)\n"
	"#define frame NAME(frame)\n"
	"#define head_u8 NAME(head_u8)\n"
	"#define head_u16 NAME(head_u16)\n"
	"#define head_u32 NAME(head_u32)\n"
	"#define head_u64 NAME(head_u64)\n"
	"#define head_number NAME(head_number)\n"
	"#define is_in_tag NAME(is_in_tag)\n"
	"#define frame_load NAME(frame_load)\n"
	"#define frame_load_rest NAME(frame_load_rest)\n"
	"#define frame_load_head NAME(frame_load_head)\n"
	"#define frame_open NAME(frame_open)\n"
	"#define frame_u8 NAME(frame_u8)\n"
	"#define frame_u16 NAME(frame_u16)\n"
	"#define frame_u32 NAME(frame_u32)\n"
	"#define ether_matches NAME(ether_matches)\n"
	"#define raw_matches NAME(raw_matches)\n"
	"#define pcap_matches NAME(pcap_matches)\n"
	"#define pcap_ether NAME(pcap_ether)\n"
	"#define pcap_raw NAME(pcap_raw)\n";

/* MOVED bytes of a tag, TAG, are not in the frame, LINK_TAGS of others are. */
struct sight {
	uint32_t len, piece, link, link_tags, moved;
	uint8_t tag[4];
};

static const char entry[] =
	"int NAME(match)(const u8 *bytes, const struct sight *s)\n"
	"{\n"
	"\tstruct packet p = {bytes, s->len, s->piece,\n"
	"\t\t\t   s->link + s->link_tags};\n"
	"\tstruct arrival a = {s->len + s->moved - s->link,\n"
	"\t\t*(u16 *)s->tag, ntohs(*(u16 *)(s->tag + 2)), s->link_tags};\n"
	"\treturn pcap_matches(&p, &a);\n"
	"}\n";

static const bool both[PCAP_LINKS] = {true, true};
static struct pcap_filter filters[NR(expressions)];
static void *library;

static void filter_write(FILE *f, size_t i, enum pcap_link link)
{
	const bool want[PCAP_LINKS] = {link == PCAP_ETHER, link == PCAP_RAW};
	const struct source_knob knobs[] = {
		{"WANT_ETHER", want[PCAP_ETHER]},
		{"WANT_RAW", want[PCAP_RAW]},
		{"WANT_BOTH_LINKS", false},
		{},
	};
	struct source_part parts[] = {
		{"common/pcap.h", pcap_filter_text(&filters[i], want)},
		{},
	};
	char *text = source_assemble("bpf_src/common/frame.h", knobs, parts);

	assert_non_null(text);
	fprintf(f, "#undef ID\n#define ID %zu\n", 2 * i + link);
	fputs(text, f);
	fputs(entry, f);
	free(text);
	free((char *)parts[0].text);
}

static void library_write(FILE *f)
{
	size_t i;

	fputs(start, f);
	for (i = 0; i < NR(expressions); i++) {
		struct parse_err err = {""};

		filters[i].words = strdup(expressions[i]);
		if (pcap_filter_make(&filters[i], both, 60, &err))
			fail_msg("%s: %s", expressions[i], err.text);
		filter_write(f, i, PCAP_ETHER);
		filter_write(f, i, PCAP_RAW);
	}
}

static int library_make(void **state)
{
	library = native_load("-w", library_write);
	return 0;
}

static int library_drop(void **state)
{
	size_t i;

	for (i = 0; i < NR(expressions); i++)
		pcap_filter_free(&filters[i]);
	dlclose(library);
	return 0;
}

typedef int (*match_fn)(const uint8_t *bytes, const struct sight *s);

static int reference(const struct bpf_program *program,
		     const struct frame_bytes *f)
{
	const struct pcap_pkthdr h = {.caplen = f->len, .len = f->len};

	return pcap_offline_filter(program, &h, f->b) != 0;
}

static void sees(size_t i, match_fn match, const uint8_t *bytes,
		 const struct sight *s, int want)
{
	if (match(bytes, s) != want)
		fail_msg("%s: not %d (%u bytes, %u in the first piece, %u of "
			 "tags in the link header, %u moved)",
			 expressions[i], want, s->len, s->piece, s->link_tags,
			 s->moved);
}

/*
 * The frame as it is, in two pieces, with its tags in front of the network
 * header as when it leaves, and with its tag where the kernel puts it.
 */
static void check(size_t i, match_fn match, const struct frame_bytes *f,
		  enum pcap_link link, int want)
{
	uint32_t link_len = link == PCAP_ETHER ? 14 : 0;
	struct sight s = {.len = f->len, .piece = f->len, .link = link_len};
	struct frame_bytes moved = *f;

	sees(i, match, f->b, &s, want);
	s.piece = link_len + 4;
	sees(i, match, f->b, &s, want);
	if (!f->nr_tags)
		return;
	s.piece = 54;
	s.link_tags = 4 * f->nr_tags;
	sees(i, match, f->b, &s, want);
	memmove(moved.b + 12, moved.b + 16, f->len - 16);
	s.len = s.piece = f->len - 4;
	s.link_tags = 0;
	s.moved = 4;
	memcpy(s.tag, f->b + 12, 4);
	sees(i, match, moved.b, &s, want);
	s.piece = link_len + 4;
	sees(i, match, moved.b, &s, want);
}

/* How many of the packets the expression takes. */
static unsigned compare(size_t i, enum pcap_link link, int optimize)
{
	pcap_t *p = pcap_open_dead(link == PCAP_ETHER ? DLT_EN10MB : DLT_RAW,
				   262144);
	struct bpf_program program;
	unsigned nr = 0;
	char name[32];
	match_fn match;
	size_t j;
	int want;

	snprintf(name, sizeof(name), "match_%zu", 2 * i + link);
	*(void **)&match = dlsym(library, name);
	assert_non_null(match);
	if (pcap_compile(p, &program, expressions[i], optimize,
			 PCAP_NETMASK_UNKNOWN)) {
		assert_null(filters[i].text[link]);
		pcap_close(p);
		return 0;
	}
	for (j = 0; j < PACKETS; j++) {
		want = reference(&program, &packets[j]);
		check(i, match, &packets[j], link, want);
		nr += want;
	}
	pcap_freecode(&program);
	pcap_close(p);
	return nr;
}

static void agrees(bool has_link)
{
	enum pcap_link link = has_link ? PCAP_ETHER : PCAP_RAW;
	size_t i, nr_some = 0;
	unsigned nr;

	draw_state = 1;
	for (i = 0; i < PACKETS; i++)
		packet_make(&packets[i], has_link);
	for (i = 0; i < NR(expressions); i++) {
		nr = compare(i, link, 1);
		assert_int_equal(compare(i, link, 0), nr);
		nr_some += nr > 0 && nr < PACKETS;
	}
	/* Most of them must tell packets apart for this to mean anything. */
	assert_true(nr_some >= (has_link ? 100 : 75));
}

static void agrees_on_ethernet(void **state)
{
	assert_true(NR(expressions) >= 120);
	agrees(true);
}

static void agrees_on_raw_ip(void **state)
{
	agrees(false);
}

static void says_what_libpcap_says(void **state)
{
	static const char *const wrong[][2] = {
		{"tcp port htpp", "'tcp port htpp': unknown port 'htpp'"},
		{"", "the filter is empty"},
		{"  ", "the filter is empty"},
		{"tcp and",
		 "'tcp and': can't parse filter expression: syntax error"},
		{"((tcp)", "'((tcp)': can't parse filter expression: "},
		{"net 10.0.0.0/33",
		 "'net 10.0.0.0/33': mask length must be <= 32"},
		{"wlan addr1 1:2:3:4:5:6", "'wlan addr1 1:2:3:4:5:6': "},
		{"tcp[4:3] = 1",
		 "'tcp[4:3] = 1': data size must be 1, 2, or 4"},
	};
	struct pcap_filter p = {};
	struct parse_err err;
	size_t i;

	for (i = 0; i < NR(wrong); i++) {
		p.words = (char *)wrong[i][0];
		assert_int_equal(pcap_filter_make(&p, both, 60, &err), -EINVAL);
		if (strncmp(err.text, wrong[i][1], strlen(wrong[i][1])))
			fail_msg("%s", err.text);
	}
}

static void joins_words(void **state)
{
	char *words[] = {"tcp", "port", "80", NULL};
	char *text = pcap_join(words);

	assert_string_equal(text, "tcp port 80");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_on_ethernet),
		cmocka_unit_test(agrees_on_raw_ip),
		cmocka_unit_test(says_what_libpcap_says),
		cmocka_unit_test(joins_words),
	};

	return cmocka_run_group_tests(tests, library_make, library_drop);
}
