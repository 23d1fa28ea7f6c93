// SPDX-License-Identifier: GPL-2.0
/* More than 512 bytes of local variables. */
int tcpsnoop_socket(struct __sk_buff *skb)
{
	u8 copy[600];

	bpf_skb_load_bytes(skb, 0, copy, sizeof(copy));
	return copy[skb->len & 511];
}
