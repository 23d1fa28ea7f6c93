// SPDX-License-Identifier: GPL-2.0
#include "base/parse.h"

#include <errno.h>
#include <linux/types.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/span.h"
#include "base/text.h"
#include "event.h"

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000ULL
#define NS_DIGITS 9
#define SECONDS_MAX 1000000000ULL

int parse_fail(struct parse_err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	text_clean(err->text, "");
	return -EINVAL;
}

const char *parse_quote(char buf[PARSE_QUOTE_SIZE], const char *s, size_t len)
{
	size_t n = len;

	if (n >= PARSE_QUOTE_SIZE) {
		n = PARSE_QUOTE_SIZE - sizeof("...");
		/* not in the middle of a UTF-8 character */
		while (n && (s[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(buf, s, n);
	strcpy(buf + n, n < len ? "..." : "");
	return buf;
}

int parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *out,
	      struct parse_err *err)
{
	struct span t = span_of(s);
	char range[64];
	u128 v;

	snprintf(range, sizeof(range),
		 max < UINT64_MAX ? "%ju-%ju" : "%ju or more", (uintmax_t)min,
		 (uintmax_t)max);
	if (!t.len)
		return parse_fail(err, "empty number (%s)", range);
	if (!span_digits(t, &v))
		return parse_fail(err, "'%s' is not a number (%s)",
				  SPAN_QUOTE(t), range);
	if (v < min || v > max)
		return parse_fail(err, "'%s' is out of range (%s)",
				  SPAN_QUOTE(t), range);
	*out = v;
	return 0;
}

/* "25" behind the point is 250,000,000 ns. */
static bool read_fraction(struct span t, u128 *out_ns)
{
	size_t i;

	if (t.len > NS_DIGITS || !span_digits(t, out_ns))
		return false;
	for (i = t.len; i < NS_DIGITS; i++)
		*out_ns *= 10;
	return true;
}

int parse_seconds(const char *s, uint64_t *out_ns, struct parse_err *err)
{
	struct span all = span_of(s), whole, fraction;
	u128 seconds, ns = 0;

	if (!all.len)
		return parse_fail(err, "empty number of seconds");
	whole = span_cut(all, '.', &fraction);
	if (!span_digits(whole, &seconds) ||
	    (fraction.s && !read_fraction(fraction, &ns)))
		return parse_fail(err,
				  "'%s' is not a number of seconds, such as 5 "
				  "or 0.25 (at most %d decimals)",
				  SPAN_QUOTE(all), NS_DIGITS);
	/* a count of seconds is below 2^68 here: this cannot overflow */
	ns += seconds * NS_PER_S;
	if (ns < NS_PER_MS || ns > SECONDS_MAX * NS_PER_S)
		return parse_fail(err,
				  "'%s' seconds is out of range (0.001-%llu)",
				  SPAN_QUOTE(all), SECONDS_MAX);
	*out_ns = ns;
	return 0;
}

static int read_port(struct span t, u128 *out, struct parse_err *err)
{
	if (!span_digits(t, out) || *out > UINT16_MAX)
		return parse_fail(err, "'%s' is not a port (0-65535)",
				  SPAN_QUOTE(t));
	return 0;
}

static int add_ports(struct span item, void *out, struct parse_err *err)
{
	struct span last_text, first_text = span_cut(item, '-', &last_text);
	u128 first, last;
	int ret;

	if (!first_text.len)
		first_text = item; /* "-80" as a whole is no port */
	ret = read_port(first_text, &first, err);
	if (ret)
		return ret;
	last = first;
	if (last_text.s && !last_text.len)
		return parse_fail(err, "the range '%s' has no end",
				  SPAN_QUOTE(item));
	if (last_text.s)
		ret = read_port(last_text, &last, err);
	if (ret)
		return ret;
	if (last < first)
		return parse_fail(err, "the range '%s' runs backwards",
				  SPAN_QUOTE(item));
	return range_set_add(out, first, last);
}

static const struct span_list port_list = {
	.one = "port",
	.many = "ports",
	.add = add_ports,
};

int parse_ports(const char *s, struct range_set *out, struct parse_err *err)
{
	return span_each(span_of(s), &port_list, out, err);
}

static const struct {
	const char *name;
	uint16_t bit;
} flags[] = {
	{"fin", TCP_FIN}, {"syn", TCP_SYN}, {"rst", TCP_RST},
	{"psh", TCP_PSH}, {"ack", TCP_ACK}, {"urg", TCP_URG},
	{"ece", TCP_ECE}, {"cwr", TCP_CWR}, {"ae", TCP_AE},
};

#define FLAG_NAMES "fin syn rst psh ack urg ece cwr ae"

static uint16_t flag_bit(struct span name)
{
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strlen(flags[i].name) == name.len &&
		    !strncasecmp(flags[i].name, name.s, name.len))
			return flags[i].bit;
	return 0;
}

static int add_flag(struct span item, void *out, struct parse_err *err)
{
	bool is_negated = item.s[0] == '!';
	struct span name = {item.s + is_negated, item.len - is_negated};
	struct flag_match *match = out;
	uint16_t bit = flag_bit(name), value = is_negated ? 0 : bit;

	if (!bit)
		return parse_fail(err, "'%s' is not a flag (%s)",
				  SPAN_QUOTE(item), FLAG_NAMES);
	if ((match->mask & bit) && (match->value & bit) != value)
		return parse_fail(err, "'%s' is wanted both set and not set",
				  SPAN_QUOTE(name));
	match->mask |= bit;
	match->value |= value;
	return 0;
}

static const struct span_list flag_list = {
	.one = "flag",
	.many = "flags",
	.add = add_flag,
};

int parse_flags(const char *s, struct flag_match *out, struct parse_err *err)
{
	return span_each(span_of(s), &flag_list, out, err);
}
