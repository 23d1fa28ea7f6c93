// SPDX-License-Identifier: GPL-2.0
#include "base/parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"

struct addr {
	u128 value; /* most significant byte first */
	int family;
	unsigned int nr_bits;
};

static u128 from_bytes(const unsigned char *p, size_t len)
{
	u128 v = 0;

	while (len--)
		v = v << 8 | *p++;
	return v;
}

static void to_bytes(u128 v, unsigned char *p, size_t len)
{
	while (len--) {
		p[len] = v;
		v >>= 8;
	}
}

/*
 * inet_pton(3) is the strict one of its family: all four numbers, no leading
 * zeros, no zone.
 */
static bool read_addr(struct span t, struct addr *a)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];
	bool has_brackets = t.len > 2 && t.s[0] == '[' && t.s[t.len - 1] == ']';

	if (has_brackets)
		t = (struct span){t.s + 1, t.len - 2};
	if (t.len >= sizeof(text))
		return false;
	memcpy(text, t.s, t.len);
	text[t.len] = '\0';

	a->family = has_brackets || strchr(text, ':') ? AF_INET6 : AF_INET;
	a->nr_bits = a->family == AF_INET6 ? 128 : 32;
	if (inet_pton(a->family, text, bytes) != 1)
		return false;
	a->value = from_bytes(bytes, a->nr_bits / 8);
	return true;
}

static bool looks_like_name(struct span t)
{
	bool has_letter = false;
	size_t i;

	for (i = 0; i < t.len; i++) {
		if (t.s[i] == ':')
			return false;
		if ((t.s[i] | 0x20) >= 'a' && (t.s[i] | 0x20) <= 'z')
			has_letter = true;
	}
	return has_letter;
}

static int read_prefix(struct span item, struct span t, const struct addr *a,
		       unsigned int *out, struct parse_err *err)
{
	u128 v;

	if (!span_digits(t, &v))
		return parse_fail(err,
				  "'%s' has no number of bits behind the '/'",
				  SPAN_QUOTE(item));
	if (v > a->nr_bits)
		return parse_fail(err, "'%s' has a prefix longer than %u bits",
				  SPAN_QUOTE(item), a->nr_bits);
	*out = v;
	return 0;
}

static int host_bits_fail(struct span item, const struct addr *a, u128 first,
			  unsigned int prefix, struct parse_err *err)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	to_bytes(first, bytes, a->nr_bits / 8);
	inet_ntop(a->family, bytes, text, sizeof(text));
	return parse_fail(err,
			  "'%s' has host bits behind its prefix (did you mean "
			  "%s/%u?)",
			  SPAN_QUOTE(item), text, prefix);
}

static int add_addrs(struct span item, void *out, struct parse_err *err)
{
	struct span prefix_text, text = span_cut(item, '/', &prefix_text);
	struct addr_set *set = out;
	unsigned int prefix;
	struct addr a;
	u128 host;
	int ret;

	if (!read_addr(text, &a))
		return parse_fail(err, "'%s' is not an %s", SPAN_QUOTE(item),
				  looks_like_name(text)
					  ? "address (names are not looked up)"
					  : "IPv4 or IPv6 address");
	prefix = a.nr_bits;
	if (prefix_text.s) {
		ret = read_prefix(item, prefix_text, &a, &prefix, err);
		if (ret)
			return ret;
	}
	/* a shift by all 128 bits is undefined */
	host = prefix ? ((u128)1 << (a.nr_bits - prefix)) - 1
		      : (u128)-1 >> (128 - a.nr_bits);
	if (a.value & host)
		return host_bits_fail(item, &a, a.value & ~host, prefix, err);
	return range_set_add(a.family == AF_INET ? &set->v4 : &set->v6, a.value,
			     a.value | host);
}

static const struct span_list addr_list = {
	.one = "address",
	.many = "addresses",
	.add = add_addrs,
};

int parse_addrs(const char *s, struct addr_set *out, struct parse_err *err)
{
	return span_each(span_of(s), &addr_list, out, err);
}

void addr_set_free(struct addr_set *set)
{
	if (!set)
		return;
	range_set_free(&set->v4);
	range_set_free(&set->v6);
}
