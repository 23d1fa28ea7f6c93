/* SPDX-License-Identifier: GPL-2.0 */
/* A packet in the kernel's own sk_buff: what lies in its linear part. */
#ifndef COMMON_TRACE_H
#define COMMON_TRACE_H

#include "common/device.h"

#define IS_MERGED(ctx) trace_is_merged(ctx)
#define LOAD(ctx, off, to, len) trace_load(ctx, off, to, len)

#define PART(t, member)                                   \
	({                                                \
		typeof(((struct sk_buff *)0)->member) v_; \
		typed_read(v_, (t)->skb->member);         \
		v_;                                       \
	})

/* Of one that is a pointer. */
#if HAS_CASTS
#define PART_NUMBER(t, member)                   \
	({                                       \
		u64 v_;                          \
		cast_read(v_, (t)->skb->member); \
		v_;                              \
	})
#else
#define PART_NUMBER(t, member) typed_number(PART(t, member))
#endif

/* Offsets count from head. */
struct trace {
	void *regs;	     /* the program's context */
	struct sk_buff *skb; /* typed */
	unsigned char *head;
	u32 network; /* of the network header */
	u32 tail;    /* of the end of the linear part */
};

static inline void trace_fill(struct trace *t)
{
	t->head = (void *)PART_NUMBER(t, head);
	t->tail = PART(t, tail);
	t->network = PART(t, network_header);
}

/* Where the data starts. */
static inline u32 trace_data(struct trace *t)
{
	return PART_NUMBER(t, data) - (u64)t->head;
}

/* In front of the stack that is where the network header is. */
static inline void trace_from_data(struct trace *t)
{
	t->network = trace_data(t);
}

static inline int trace_load(struct trace *t, u32 off, void *to, u32 len)
{
	off += t->network;
	if (off + len > t->tail)
		return -1;
	return bpf_probe_read_kernel(to, len, t->head + off);
}

#if HAS_CASTS
#define PEEK(ctx, len) trace_peek(ctx, len)
#define PEEK_U32(at, off) (*(const u32 *)((at) + (off)))

/* LEN bytes from the network header on, or NULL. */
static inline const u32 *trace_peek(struct trace *t, u32 len)
{
	return t->network + len > t->tail ? NULL : cast(t->head + t->network);
}
#endif

/* Bytes from the network header on; data may be in front of it or behind. */
static inline u32 trace_len(struct trace *t)
{
	return PART(t, len) + trace_data(t) - t->network;
}

/* The VLAN id that was moved to the sk_buff, or VLAN_NONE; and the whole tag. */
static inline u16 trace_vlan(struct trace *t, u16 *proto, u16 *tci)
{
	*proto = PART(t, vlan_proto);
	*tci = PART(t, vlan_tci);
	return *proto ? *tci & 0xfff : VLAN_NONE;
}

/* GRO leaves the size of what it merged behind the buffer's end. */
static inline int trace_is_merged(struct trace *t)
{
	struct skb_shared_info *info;
	u32 end = 0;
	u16 size = 0;

	typed_read(end, t->skb->end);
	info = (struct skb_shared_info *)(t->head + end);
	kernel_read(size, info->gso_size);
	return size != 0;
}

#endif
