// SPDX-License-Identifier: GPL-2.0
/* A helper for programs under the GPL, in one that says it is not. */
#define BPF_LICENSE Proprietary

BPF_PERF_OUTPUT(events);

int tcpsnoop_socket(struct __sk_buff *skb)
{
	u32 len = skb->len;

	events.perf_submit(skb, &len, sizeof(len));
	return 0;
}
