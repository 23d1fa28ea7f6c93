// SPDX-License-Identifier: GPL-2.0
#include "view/clock.h"

#include <time.h>

#define NS_PER_S 1000000000ull

const char *clock_second(struct view_clock *c, uint64_t ts_ns,
			 const char *format, bool is_utc)
{
	time_t second = ts_ns / NS_PER_S;
	struct tm tm;

	if (c->text[0] && c->second == (uint64_t)second)
		return c->text;
	c->second = second;
	/* 64 bits of nanoseconds end in the year 2554: neither fails. */
	if (is_utc)
		gmtime_r(&second, &tm);
	else
		localtime_r(&second, &tm);
	strftime(c->text, sizeof(c->text), format, &tm);
	return c->text;
}
