/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>

#include "view/view.h"

/*
 * The second of TS_NS (since the epoch) by strftime(3)'s FORMAT, at most 23
 * bytes, remembered in *C: one clock, one format. Valid until the next call.
 */
const char *clock_second(struct view_clock *c, uint64_t ts_ns,
			 const char *format, bool is_utc);

#endif
