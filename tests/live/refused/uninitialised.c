// SPDX-License-Identifier: GPL-2.0
/* A value that was never set. */
int tcpsnoop_socket(struct __sk_buff *skb)
{
	u64 value;

	/* What a compiler may make of "u64 value; return value;". */
	asm volatile("%0 = r7" : "=r"(value));
	return value & 1;
}
