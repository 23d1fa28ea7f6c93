// SPDX-License-Identifier: GPL-2.0
/* A member of the context, read wider than it is and off its boundary. */
int tcpsnoop_socket(struct __sk_buff *skb)
{
	return *(u64 *)((u8 *)skb + 2) & 1;
}
