// SPDX-License-Identifier: GPL-2.0
/*
 * A first program with the mistakes that first programs are printed with. STEP
 * says how many of them are cured, see README.md.
 */
#ifndef STEP
#define STEP 0
#endif

#if STEP < 1
#include <linux/ip.h>
#include <linux/tcp.h>
#else
#include <bcc/proto.h>
#endif

int tcp_intercept(struct __sk_buff *skb)
{
#if STEP < 2
	struct ip_t *ip = bpf_get_ip_header(skb);
#else
	u8 *cursor = 0;
	struct ethernet_t *eth = cursor_advance(cursor, sizeof(*eth));
	struct ip_t *ip = cursor_advance(cursor, sizeof(*ip));
#endif

	if (ip->nextp == 6)
		bpf_trace_printk("TCP, %d bytes\n", ip->tlen);
#if STEP < 3
	return XDP_PASS; /* "let it pass", says another kind of program */
#else
	return 0; /* keep nothing of it */
#endif
}
