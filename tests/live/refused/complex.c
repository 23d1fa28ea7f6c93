// SPDX-License-Identifier: GPL-2.0
/* It ends, but only after more steps than the verifier takes. */
int tcpsnoop_socket(struct __sk_buff *skb)
{
	u32 sum = skb->len;

	for (u32 i = 0; i < 1000000; i++)
		asm volatile("%0 += %1" : "+r"(sum) : "r"(i));
	return sum & 1;
}
