/* SPDX-License-Identifier: GPL-2.0 */
/* What an expression may ask of a packet beyond its headers. */
#ifndef COMMON_EXPR_HELP_H
#define COMMON_EXPR_HELP_H

/* The window scale option, RFC 7323 section 2.2; -1 when there is none. */
static inline int segment_wscale(void *ctx, const struct segment *s)
{
	u32 off = option_find(ctx, s, 3, 3);
	u8 shift = 0;

	if (!off || LOAD(ctx, off + 2, &shift, 1) < 0)
		return -1;
	return shift;
}

/* The SACK-permitted option, RFC 2018 section 2. */
static inline int segment_sack_ok(void *ctx, const struct segment *s)
{
	return option_find(ctx, s, 4, 2) != 0;
}

/* TSval (AT 0) or TSecr (AT 4), RFC 7323 section 3.2; 0 when there is none. */
static inline u32 segment_timestamp(void *ctx, const struct segment *s, u32 at)
{
	u32 off = option_find(ctx, s, 8, 10), value = 0;

	if (off)
		LOAD(ctx, off + 2 + at, &value, sizeof(value));
	return ntohl(value);
}

/* SIZE bytes of the payload from AT on as a number, or -1. */
static inline s64 payload_bytes(void *ctx, const struct segment *s, u32 at,
				u32 size)
{
	u32 len = s->end - s->payload;
	u8 b[4] = {};

	if (at > len || size > len - at ||
	    LOAD(ctx, s->payload + at, b + 4 - size, size) < 0)
		return -1;
	return (u32)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
}

#endif
