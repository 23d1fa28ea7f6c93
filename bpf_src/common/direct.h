/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The start of a packet by a pointer, as TC and XDP have it: without a call.
 * The program that includes this says DIRECT_CTX, the type of its context.
 */
#ifndef COMMON_DIRECT_H
#define COMMON_DIRECT_H

#include "common/options.h"

#define DIRECT(ctx, off) ((void *)(long)(ctx)->data + (u32)(LINK_LEN + (off)))
#define DIRECT_END(ctx) ((void *)(long)(ctx)->data_end)

#define LOAD_HEADERS(ctx, off, to, len) \
	(direct_copy(ctx, off, (u32 *)(to), len) ? 0 : LOAD(ctx, off, to, len))

/* LEN bytes at OFF from the network header on, or NULL. */
static inline void *direct_peek(DIRECT_CTX *ctx, u32 off, u32 len)
{
	void *at = DIRECT(ctx, off);

	return at + len <= DIRECT_END(ctx) ? at : NULL;
}

#define PEEK(ctx, len) direct_peek(ctx, 0, len)
#define PEEK_U32(at, off) (*(u32 *)((at) + (off)))
#define FRAME_PEEK(ctx, len) direct_peek(ctx, -LINK_LEN, len)

static inline int direct_copy(DIRECT_CTX *ctx, u32 off, u32 *to, u32 len)
{
	u32 *from = DIRECT(ctx, off);

	if ((void *)from + len > DIRECT_END(ctx))
		return 0;
	__builtin_memcpy(to, from, len);
	return 1;
}

#endif
