// SPDX-License-Identifier: GPL-2.0
/* A helper that this kind of program does not have. */
int tcpsnoop_socket(struct __sk_buff *skb)
{
	return bpf_get_route_realm(skb);
}
