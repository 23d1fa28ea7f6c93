// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/parse.h"
#include "event.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *s;
	uint64_t min, max, value;
	const char *error;
} numbers[] = {
	{"0", 0, 9, 0, NULL},
	{"9", 0, 9, 9, NULL},
	{"007", 0, 9, 7, NULL},
	{"18446744073709551615", 0, UINT64_MAX, UINT64_MAX, NULL},
	{"18446744073709551616", 1, UINT64_MAX, 0,
	 "'18446744073709551616' is out of range (1 or more)"},
	{"340282366920938463463374607431768211456", 0, 9, 0,
	 "'340282366920938463463374607431768211456' is out of range (0-9)"},
	{"10", 0, 9, 0, "'10' is out of range (0-9)"},
	{"0", 1, 9, 0, "'0' is out of range (1-9)"},
	{"", 1, 9, 0, "empty number (1-9)"},
	{" 1", 1, 9, 0, "' 1' is not a number (1-9)"},
	{"1 ", 1, 9, 0, "'1 ' is not a number (1-9)"},
	{"+1", 1, 9, 0, "'+1' is not a number (1-9)"},
	{"-1", 1, 9, 0, "'-1' is not a number (1-9)"},
	{"0x1", 1, 9, 0, "'0x1' is not a number (1-9)"},
	{"1\n", 1, 9, 0, "'1?' is not a number (1-9)"},
};

static void test_numbers(void **state)
{
	struct parse_err err;
	uint64_t v;
	size_t i;
	int ret;

	for (i = 0; i < NR(numbers); i++) {
		v = 12345;
		ret = parse_u64(numbers[i].s, numbers[i].min, numbers[i].max,
				&v, &err);
		if (!numbers[i].error) {
			assert_int_equal(ret, 0);
			assert_int_equal(v, numbers[i].value);
			continue;
		}
		assert_int_equal(ret, -EINVAL);
		assert_string_equal(err.text, numbers[i].error);
		assert_int_equal(v, 12345);
	}
}

#define NOT_SECONDS \
	" is not a number of seconds, such as 5 or 0.25 (at most 9 decimals)"
#define NOT_A_TIME " seconds is out of range (0.001-1000000000)"

static const struct {
	const char *s;
	uint64_t ns;
	const char *error;
} seconds[] = {
	{"5", 5000000000, NULL},
	{"0.25", 250000000, NULL},
	{"0.001", 1000000, NULL},
	{"1.000000001", 1000000001, NULL},
	{"16777216.000000001", 16777216000000001, NULL},
	{"1000000000", 1000000000000000000, NULL},
	{"", 0, "empty number of seconds"},
	{"0", 0, "'0'" NOT_A_TIME},
	{"0.000999999", 0, "'0.000999999'" NOT_A_TIME},
	{"1000000000.000000001", 0, "'1000000000.000000001'" NOT_A_TIME},
	{"99999999999999999999999", 0, "'99999999999999999999999'" NOT_A_TIME},
	{"0.0010000000", 0, "'0.0010000000'" NOT_SECONDS},
	{".5", 0, "'.5'" NOT_SECONDS},
	{"5.", 0, "'5.'" NOT_SECONDS},
	{"5s", 0, "'5s'" NOT_SECONDS},
	{"1.2.3", 0, "'1.2.3'" NOT_SECONDS},
	{"-1", 0, "'-1'" NOT_SECONDS},
	{"1e3", 0, "'1e3'" NOT_SECONDS},
	{"1,5", 0, "'1,5'" NOT_SECONDS},
};

static void test_seconds(void **state)
{
	struct parse_err err;
	uint64_t ns;
	size_t i;
	int ret;

	for (i = 0; i < NR(seconds); i++) {
		ns = 12345;
		ret = parse_seconds(seconds[i].s, &ns, &err);
		if (!seconds[i].error) {
			assert_int_equal(ret, 0);
			assert_int_equal(ns, seconds[i].ns);
			continue;
		}
		assert_int_equal(ret, -EINVAL);
		assert_string_equal(err.text, seconds[i].error);
		assert_int_equal(ns, 12345);
	}
}

/* "80-80 443-443", 128-bit numbers as hexadecimal. */
static void set_text(const struct range_set *set, char *text, size_t size)
{
	size_t i, len = 0;
	u128 f, l;

	text[0] = '\0';
	for (i = 0; i < set->nr; i++) {
		f = set->r[i].first;
		l = set->r[i].last;
		len += snprintf(text + len, size - len, "%s", i ? " " : "");
		if (f >> 64 || l >> 64)
			len += snprintf(text + len, size - len,
					"%llx:%llx-%llx:%llx",
					(unsigned long long)(f >> 64),
					(unsigned long long)f,
					(unsigned long long)(l >> 64),
					(unsigned long long)l);
		else
			len += snprintf(text + len, size - len, "%llx-%llx",
					(unsigned long long)f,
					(unsigned long long)l);
	}
}

static const struct {
	const char *s;
	const char *set; /* hexadecimal */
	const char *error;
} ports[] = {
	{"80", "50-50", NULL},
	{"80,443", "50-50 1bb-1bb", NULL},
	{"443,80,81", "50-51 1bb-1bb", NULL},
	{"8000-8100", "1f40-1fa4", NULL},
	{"0-65535", "0-ffff", NULL},
	{"80-80", "50-50", NULL},
	{"0080", "50-50", NULL},
	{"", "", "empty list of ports"},
	{",", "", "empty port in ','"},
	{"80,", "50-50", "empty port in '80,'"},
	{"80,,443", "50-50", "empty port in '80,,443'"},
	{"80abc", "", "'80abc' is not a port (0-65535)"},
	{"80,http,443", "50-50", "'http' is not a port (0-65535)"},
	{"65536", "", "'65536' is not a port (0-65535)"},
	{"18446744073709551696", "",
	 "'18446744073709551696' is not a port (0-65535)"},
	{"80-65536", "", "'65536' is not a port (0-65535)"},
	{"90-80", "", "the range '90-80' runs backwards"},
	{"80-", "", "the range '80-' has no end"},
	{"-80", "", "'-80' is not a port (0-65535)"},
	{"-", "", "'-' is not a port (0-65535)"},
	{"80-90-100", "", "'90-100' is not a port (0-65535)"},
	{" 80", "", "' 80' is not a port (0-65535)"},
	{"80 ", "", "'80 ' is not a port (0-65535)"},
	{"80\033[2J", "", "'80?[2J' is not a port (0-65535)"},
	{"80\xc2\x9b", "", "'80?\?' is not a port (0-65535)"},
};

static void test_ports(void **state)
{
	struct range_set set = {0};
	struct parse_err err;
	char text[256];
	size_t i;
	int ret;

	for (i = 0; i < NR(ports); i++) {
		ret = parse_ports(ports[i].s, &set, &err);
		set_text(&set, text, sizeof(text));
		range_set_free(&set);
		assert_int_equal(ret, ports[i].error ? -EINVAL : 0);
		assert_string_equal(text, ports[i].set);
		if (ret)
			assert_string_equal(err.text, ports[i].error);
	}
}

/* "0,2,4 ...": NR elements that do not merge. */
static char *many_ports(unsigned int nr)
{
	char *s = malloc(nr * 6 + 1), *p = s;
	unsigned int i;

	for (i = 0; i < nr; i++)
		p += sprintf(p, "%s%u", i ? "," : "", 2 * i);
	return s;
}

static void test_at_most_4096_elements(void **state)
{
	struct range_set set = {0};
	struct parse_err err;
	char *s = many_ports(4096);

	assert_int_equal(parse_ports(s, &set, &err), 0);
	assert_int_equal(set.nr, 4096);
	free(s);
	s = many_ports(4097);
	assert_int_equal(parse_ports(s, &set, &err), -EINVAL);
	assert_string_equal(
		err.text,
		"'8192' is one too many: a list holds at most 4096 ports");
	range_set_free(&set);
	free(s);
}

#define NOT_ADDR " is not an IPv4 or IPv6 address"
#define NOT_NAME " is not an address (names are not looked up)"
#define NO_BITS " has no number of bits behind the '/'"
#define HOST_BITS " has host bits behind its prefix (did you mean "

static const struct {
	const char *s;
	const char *v4, *v6; /* hexadecimal */
	const char *error;
} addrs[] = {
	{"10.0.0.1", "a000001-a000001", "", NULL},
	{"10.0.0.0/8", "a000000-affffff", "", NULL},
	{"10.0.0.1/32", "a000001-a000001", "", NULL},
	{"0.0.0.0/0", "0-ffffffff", "", NULL},
	{"10.0.0.0,10.0.0.1", "a000000-a000001", "", NULL},
	{"::1", "", "1-1", NULL},
	{"[::1]", "", "1-1", NULL},
	{"[::]/0", "", "0:0-ffffffffffffffff:ffffffffffffffff", NULL},
	{"2001:db8::/32", "",
	 "20010db800000000:0-20010db8ffffffff:ffffffffffffffff", NULL},
	{"fe80::/64", "",
	 "fe80000000000000:0-fe80000000000000:"
	 "ffffffffffffffff",
	 NULL},
	{"::ffff:10.0.0.1", "", "ffff0a000001-ffff0a000001", NULL},
	{"10.0.0.1,::1", "a000001-a000001", "1-1", NULL},
	{"", "", "", "empty list of addresses"},
	{"::1,", "", "1-1", "empty address in '::1,'"},
	{"10.0.0.0/33", "", "",
	 "'10.0.0.0/33' has a prefix longer than 32 bits"},
	{"::/129", "", "", "'::/129' has a prefix longer than 128 bits"},
	{"::/99999999999999999999", "", "",
	 "'::/99999999999999999999' has a prefix longer than 128 bits"},
	{"10.0.0.0/", "", "", "'10.0.0.0/'" NO_BITS},
	{"10.0.0.0/-1", "", "", "'10.0.0.0/-1'" NO_BITS},
	{"10.0.0.0/255.0.0.0", "", "", "'10.0.0.0/255.0.0.0'" NO_BITS},
	{"10.0.0.1/8", "", "", "'10.0.0.1/8'" HOST_BITS "10.0.0.0/8?)"},
	{"10.0.0.1/0", "", "", "'10.0.0.1/0'" HOST_BITS "0.0.0.0/0?)"},
	{"[fe80::1]/64", "", "", "'[fe80::1]/64'" HOST_BITS "fe80::/64?)"},
	{"::1/0", "", "", "'::1/0'" HOST_BITS "::/0?)"},
	{"10.0.0.01", "", "", "'10.0.0.01'" NOT_ADDR},
	{"010.0.0.1", "", "", "'010.0.0.1'" NOT_ADDR},
	{"10.1", "", "", "'10.1'" NOT_ADDR},
	{"167772161", "", "", "'167772161'" NOT_ADDR},
	{"10.0.0.256", "", "", "'10.0.0.256'" NOT_ADDR},
	{"10.0.0.1.2", "", "", "'10.0.0.1.2'" NOT_ADDR},
	{" 10.0.0.1", "", "", "' 10.0.0.1'" NOT_ADDR},
	{"/8", "", "", "'/8'" NOT_ADDR},
	{"[10.0.0.1]", "", "", "'[10.0.0.1]'" NOT_ADDR},
	{"[::1", "", "", "'[::1'" NOT_ADDR},
	{"::1]", "", "", "'::1]'" NOT_ADDR},
	{"[]", "", "", "'[]'" NOT_ADDR},
	{"fe80::1%eth0", "", "", "'fe80::1%eth0'" NOT_ADDR},
	{"1:2:3:4:5:6:7:8:9", "", "", "'1:2:3:4:5:6:7:8:9'" NOT_ADDR},
	{"localhost", "", "", "'localhost'" NOT_NAME},
	{"example.com/24", "", "", "'example.com/24'" NOT_NAME},
};

static void test_addrs(void **state)
{
	struct addr_set set = {0};
	struct parse_err err;
	char v4[256], v6[256];
	size_t i;
	int ret;

	for (i = 0; i < NR(addrs); i++) {
		ret = parse_addrs(addrs[i].s, &set, &err);
		set_text(&set.v4, v4, sizeof(v4));
		set_text(&set.v6, v6, sizeof(v6));
		addr_set_free(&set);
		if (ret && addrs[i].error)
			assert_string_equal(err.text, addrs[i].error);
		assert_int_equal(ret, addrs[i].error ? -EINVAL : 0);
		assert_string_equal(v4, addrs[i].v4);
		assert_string_equal(v6, addrs[i].v6);
	}
	addr_set_free(NULL);
	assert_null(set.v4.r);
	assert_null(set.v6.r);
}

#define NOT_A_FLAG " is not a flag (fin syn rst psh ack urg ece cwr ae)"

static const struct {
	const char *s;
	uint16_t mask, value;
	const char *error;
} flags[] = {
	{"syn", TCP_SYN, TCP_SYN, NULL},
	{"!ack", TCP_ACK, 0, NULL},
	{"syn,!ack", TCP_SYN | TCP_ACK, TCP_SYN, NULL},
	{"SYN,!Ack", TCP_SYN | TCP_ACK, TCP_SYN, NULL},
	{"syn,syn", TCP_SYN, TCP_SYN, NULL},
	{"fin,syn,rst,psh,ack,urg,ece,cwr,ae", 0x1ff, 0x1ff, NULL},
	{"", 0, 0, "empty list of flags"},
	{"syn,", TCP_SYN, TCP_SYN, "empty flag in 'syn,'"},
	{"foo", 0, 0, "'foo'" NOT_A_FLAG},
	{"sy", 0, 0, "'sy'" NOT_A_FLAG},
	{"synx", 0, 0, "'synx'" NOT_A_FLAG},
	{"!", 0, 0, "'!'" NOT_A_FLAG},
	{"!!ack", 0, 0, "'!!ack'" NOT_A_FLAG},
	{" syn", 0, 0, "' syn'" NOT_A_FLAG},
	{"syn,!syn", TCP_SYN, TCP_SYN, "'syn' is wanted both set and not set"},
	{"!syn,SYN", TCP_SYN, 0, "'SYN' is wanted both set and not set"},
};

static void test_flags(void **state)
{
	struct flag_match m;
	struct parse_err err;
	size_t i;
	int ret;

	for (i = 0; i < NR(flags); i++) {
		memset(&m, 0, sizeof(m));
		ret = parse_flags(flags[i].s, &m, &err);
		if (ret && flags[i].error)
			assert_string_equal(err.text, flags[i].error);
		assert_int_equal(ret, flags[i].error ? -EINVAL : 0);
		assert_int_equal(m.mask, flags[i].mask);
		assert_int_equal(m.value, flags[i].value);
	}
}

/* However long the offender, the sentence is whole and valid UTF-8. */
static void test_long_offenders_are_clipped(void **state)
{
	struct range_set set = {0};
	struct parse_err err;
	char s[512];

	memset(s, 'x', sizeof(s) - 1);
	s[sizeof(s) - 1] = '\0';
	assert_int_equal(parse_ports(s, &set, &err), -EINVAL);
	assert_string_equal(
		err.text, "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			  "xxxxxxxxxx...' is not a port (0-65535)");

	/* byte 60 is the second of a two-byte letter */
	memcpy(s + 59, "\xc3\xa9", 2);
	assert_int_equal(parse_ports(s, &set, &err), -EINVAL);
	assert_string_equal(
		err.text, "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
			  "xxxxxxxxx...' is not a port (0-65535)");

	s[63] = '\0';
	assert_string_equal(PARSE_QUOTE(s, 63), s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_at_most_4096_elements),
		cmocka_unit_test(test_addrs),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_long_offenders_are_clipped),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
