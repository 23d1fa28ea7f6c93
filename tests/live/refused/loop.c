// SPDX-License-Identifier: GPL-2.0
/* A loop that need not end. */
int tcpsnoop_socket(struct __sk_buff *skb)
{
	volatile u32 left = 1;

	while (left)
		left = 1;
	return 0;
}
