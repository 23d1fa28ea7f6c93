/* SPDX-License-Identifier: GPL-2.0 */
/* A packet in the kernel's own sk_buff: what lies in its linear part. */
#ifndef COMMON_TRACE_H
#define COMMON_TRACE_H

#include "common/device.h"

#define IS_MERGED(ctx) trace_is_merged(ctx)
#define LOAD(ctx, off, to, len) trace_load(ctx, off, to, len)

/* What we want of a sk_buff lies between its members len and data: one read. */
#define PART_AT ((u32)offsetof(struct sk_buff, len) / 8 * 8)
#define PART_END ((u32)offsetof(struct sk_buff, data) + 8)
#define PART_OFF(member) (offsetof(struct sk_buff, member) - PART_AT)
#define PART(t, member)                                         \
	(*(typeof(((struct sk_buff *)0)->member) *)((t)->part + \
						    PART_OFF(member)))

/* What was read of the sk_buff. Offsets count from head. */
struct trace {
	void *regs; /* the program's context */
	struct sk_buff *skb;
	u8 part[PART_END - PART_AT] __attribute__((aligned(8)));
	unsigned char *head;
	u32 network; /* of the network header */
	u32 tail;    /* of the end of the linear part */
};

static inline void trace_fill(struct trace *t)
{
	bpf_probe_read_kernel(t->part, sizeof(t->part),
			      (void *)t->skb + PART_AT);
	t->head = PART(t, head);
	t->tail = PART(t, tail);
	t->network = PART(t, network_header);
}

/* In front of the stack the network header is where the data starts. */
static inline void trace_from_data(struct trace *t)
{
	t->network = PART(t, data) - t->head;
}

static inline int trace_load(struct trace *t, u32 off, void *to, u32 len)
{
	off += t->network;
	if (off + len > t->tail)
		return -1;
	return bpf_probe_read_kernel(to, len, t->head + off);
}

/* Bytes from the network header on; data may be in front of it or behind. */
static inline u32 trace_len(struct trace *t)
{
	return PART(t, len) + (PART(t, data) - t->head) - t->network;
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

	kernel_read(end, t->skb->end);
	info = (struct skb_shared_info *)(t->head + end);
	kernel_read(size, info->gso_size);
	return size != 0;
}

#endif
