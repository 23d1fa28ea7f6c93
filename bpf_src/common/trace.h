/* SPDX-License-Identifier: GPL-2.0 */
/* A packet in the kernel's own sk_buff: what lies in its linear part. */
#ifndef COMMON_TRACE_H
#define COMMON_TRACE_H

#include "common/device.h"

#define IS_MERGED(ctx) trace_is_merged(ctx)
#define LOAD(ctx, off, to, len) trace_load(ctx, off, to, len)

/* What was read of the sk_buff. Offsets count from head. */
struct trace {
	void *regs; /* the program's context */
	struct sk_buff *skb;
	unsigned char *head;
	u32 network; /* of the network header */
	u32 tail;    /* of the end of the linear part */
};

static inline void trace_fill(struct trace *t)
{
	u16 network = 0;

	kernel_read(t->head, t->skb->head);
	kernel_read(t->tail, t->skb->tail);
	kernel_read(network, t->skb->network_header);
	t->network = network;
}

/* In front of the stack the network header is where the data starts. */
static inline void trace_from_data(struct trace *t)
{
	unsigned char *data = NULL;

	kernel_read(data, t->skb->data);
	t->network = data - t->head;
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
	unsigned char *data = NULL;
	u32 len = 0;

	kernel_read(data, t->skb->data);
	kernel_read(len, t->skb->len);
	return len + (data - t->head) - t->network;
}

/* The VLAN id that was moved to the sk_buff, or VLAN_NONE; and the whole tag. */
static inline u16 trace_vlan(struct trace *t, u16 *proto, u16 *tci)
{
	kernel_read(*proto, t->skb->vlan_proto);
	kernel_read(*tci, t->skb->vlan_tci);
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
