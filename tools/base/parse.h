/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text from a command line to values. Pure: nothing is printed. Each returns
 * 0, -EINVAL with one sentence in err->text that quotes the offending part and
 * says what was expected (no program or option name, no full stop), or
 * -ENOMEM. On failure *out is unchanged or holds a prefix of the list, to be
 * freed by the caller as after success. Blanks are never skipped: " 80" is
 * wrong. Lists are separated by commas, an empty list or element is wrong; they
 * are added to *out, which starts out zeroed.
 */
#ifndef PARSE_H
#define PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/range.h"

struct parse_err {
	char text[256];
};

/*
 * Put a sentence into ERR, on one line whatever it quotes (text_clean()), and
 * return -EINVAL.
 */
int parse_fail(struct parse_err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The first LEN bytes of S for a sentence: what does not fit ends in "...", so
 * that the rest of the sentence is never cut off. Valid to the end of the
 * block.
 */
#define PARSE_QUOTE_SIZE 64
#define PARSE_QUOTE(s, len) parse_quote((char[PARSE_QUOTE_SIZE]){0}, s, len)
const char *parse_quote(char buf[PARSE_QUOTE_SIZE], const char *s, size_t len);

/* Decimal digits only, min <= value <= max. */
int parse_u64(const char *s, uint64_t min, uint64_t max, uint64_t *out,
	      struct parse_err *err);

/* Seconds as "5", "0.25" (up to nanoseconds), 1 ms to 10^9 s, to ns. */
int parse_seconds(const char *s, uint64_t *out_ns, struct parse_err *err);

/* "80", "80,443", "8000-8100", at most 4,096 elements; 0-65535. */
int parse_ports(const char *s, struct range_set *out, struct parse_err *err);

/* IPv4 and IPv6 addresses of one option, apart by family. */
struct addr_set {
	struct range_set v4; /* host order, 32 bits */
	struct range_set v6; /* most significant byte first, 128 bits */
};

/*
 * "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "[::1]", mixed, at most 4,096.
 * Host bits behind a prefix are wrong ("10.0.0.1/8": did you mean
 * 10.0.0.0/8), as are octal-looking and short IPv4 forms. An IPv4-mapped
 * IPv6 address stays IPv6. Names are not looked up: the error says so.
 */
int parse_addrs(const char *s, struct addr_set *out, struct parse_err *err);

/* Null-safe; leaves an empty set. */
void addr_set_free(struct addr_set *set);

/* A segment passes when (flags & mask) == value. TCP_* of event.h. */
struct flag_match {
	uint16_t mask;
	uint16_t value;
};

/*
 * "syn,!ack": fin syn rst psh ack urg ece cwr ae, any case, '!' negates. The
 * same flag wanted both ways, by what *out holds already too, is wrong.
 */
int parse_flags(const char *s, struct flag_match *out, struct parse_err *err);

#endif
