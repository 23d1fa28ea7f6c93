/* SPDX-License-Identifier: GPL-2.0 */
/* A segment as the event that user space reads. */
#ifndef COMMON_EVENT_H
#define COMMON_EVENT_H

static inline void event_fill(struct tcp_event *ev, void *ctx,
			      const struct segment *s)
{
	ev->ts_ns = bpf_ktime_get_ns();
	ev->flags = segment_flags(s);
	ev->seq = ntohl(s->tcp.seq);
	ev->ack = ev->flags & TCP_ACK ? ntohl(s->tcp.ack_seq) : 0;
	ev->len = s->end - s->payload;
	ev->sport = ntohs(s->tcp.source);
	ev->dport = ntohs(s->tcp.dest);
	ev->win = ntohs(s->tcp.window);
	ev->ip = s->ip;
	if (ev->flags & TCP_SYN)
		ev->mss = segment_mss(ctx, s);
#if WANT_IPV4
	if (s->ip == 4) {
		ev->ttl = s->ip4.ttl;
		ev->saddr_be = s->ip4.saddr;
		ev->daddr_be = s->ip4.daddr;
	}
#endif
#if WANT_IPV6
	if (s->ip == 6) {
		const u32 *saddr = (const u32 *)&s->ip6.saddr;
		const u32 *daddr = (const u32 *)&s->ip6.daddr;

		ev->ttl = s->ip6.hop_limit;
		ev->saddr_be = saddr[0];
		ev->daddr_be = daddr[0];
		__builtin_memcpy(ev->saddr6, saddr + 1, sizeof(ev->saddr6));
		__builtin_memcpy(ev->daddr6, daddr + 1, sizeof(ev->daddr6));
	}
#endif
}

#endif
