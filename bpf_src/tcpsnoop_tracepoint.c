// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsnoop, tracepoint hook: an event for each TCP segment that enters the
 * network stack (net:netif_receive_skb), on any interface of the namespace,
 * and passes the filter. The packet is read out of the kernel's own sk_buff,
 * so only what lies in its linear part can be seen: the headers do.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>
#include <linux/netdevice.h>
#include <net/net_namespace.h>

#include "common/device.h"

#define HOOK HOOK_TRACEPOINT
#define LINK_LEN 0
#define IS_MERGED(ctx) trace_is_merged(ctx)
#define LOAD(ctx, off, to, len) trace_load(ctx, off, to, len)
#define EVENT_CTX(ctx) (((struct trace *)(ctx))->regs)

/* What was read of the sk_buff. */
struct trace {
	void *regs; /* the program's context */
	struct sk_buff *skb;
	unsigned char *data;
	u32 linear; /* bytes at data */
};

static inline int trace_load(struct trace *t, u32 off, void *to, u32 len)
{
	if (off + len > t->linear)
		return -1;
	return bpf_probe_read_kernel(to, len, t->data + off);
}

/* GRO leaves the size of what it merged behind the buffer's end. */
static inline int trace_is_merged(struct trace *t)
{
	struct skb_shared_info *info;
	unsigned char *head = NULL;
	u32 end = 0;
	u16 size = 0;

	kernel_read(head, t->skb->head);
	kernel_read(end, t->skb->end);
	info = (struct skb_shared_info *)(head + end);
	kernel_read(size, info->gso_size);
	return size != 0;
}

#if WANT_PAYLOAD
#include "event.h"
#include "common/options.h"
#include "common/account.h"

#define EVENT_SEND(ctx, ev, size, caplen) trace_send(ctx, ev, size, caplen)

/* A value of a map for each CPU has at most 32 KiB. */
#if PAYLOAD_MAX < 32000
#define TRACE_MAX PAYLOAD_MAX
#else
#define TRACE_MAX 32000
#endif

struct capture {
	u8 bytes[TCP_EVENT_V6_SIZE + TRACE_MAX];
};

BPF_PERCPU_ARRAY(capture, struct capture, 1);

/* The event and the packet's bytes, put together by hand. */
static inline int trace_send(struct trace *t, struct tcp_event *ev, u32 size,
			     u32 caplen)
{
	int zero = 0;
	struct capture *c = capture.lookup(&zero);

	if (!c)
		return -1;
	if (caplen > t->linear)
		caplen = t->linear;
	if (caplen > TRACE_MAX)
		caplen = TRACE_MAX;
	if (bpf_probe_read_kernel(c->bytes + size, caplen, t->data))
		caplen = 0;
	ev->caplen = caplen;
	if (ev->payload_off > caplen)
		ev->payload_off = caplen;
	if (size == TCP_EVENT_V4_SIZE)
		__builtin_memcpy(c->bytes, ev, TCP_EVENT_V4_SIZE);
	else
		__builtin_memcpy(c->bytes, ev, TCP_EVENT_V6_SIZE);
	return events.perf_submit(t->regs, c->bytes, size + caplen);
}
#endif

#include "common/snoop.h"

/* What is to be known of a packet before looking into it. */
static inline void trace_fill(struct trace *t, struct arrival *a)
{
	u32 data_len = 0;
	u16 vlan_proto = 0, vlan_tci = 0;

	kernel_read(t->data, t->skb->data);
	kernel_read(data_len, t->skb->data_len);
	kernel_read(a->len, t->skb->len);
	kernel_read(a->proto, t->skb->protocol);
	kernel_read(vlan_proto, t->skb->vlan_proto);
	kernel_read(vlan_tci, t->skb->vlan_tci);
	t->linear = a->len - data_len;
	a->wirelen = a->len;
	if (vlan_proto) {
		a->vlan = vlan_tci & 0xfff;
		a->wirelen += 4;
	}
}

RAW_TRACEPOINT_PROBE(netif_receive_skb)
{
	struct hook_stats *st = stats_slot();
	struct arrival a = {.vlan = VLAN_NONE, .dir = DIR_IN};
	struct trace t = {.regs = ctx, .skb = (void *)ctx->args[0]};
	struct net_device *dev = NULL;

	kernel_read(dev, t.skb->dev);
	if (!st || device_netns(dev) != NETNS)
		return 0;
	kernel_read(a.ifindex, dev->ifindex);
#if WANT_INTERFACES
	if (!is_interface(a.ifindex))
		return 0;
#endif
	st->seen++;
	trace_fill(&t, &a);
	snoop(&t, st, &a);
	return 0;
}
