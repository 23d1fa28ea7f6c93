// SPDX-License-Identifier: GPL-2.0
/* What a map holds, although it may hold nothing. */
BPF_HASH(counts, u32, u64);

int tcpsnoop_socket(struct __sk_buff *skb)
{
	u32 key = skb->ifindex;
	u64 *count = counts.lookup(&key);

	++*count;
	return 0;
}
