// SPDX-License-Identifier: GPL-2.0
/* Bytes of the packet, with no look at where it ends. */
int tcpsnoop_xdp(struct xdp_md *ctx)
{
	u8 *frame = (void *)(long)ctx->data;

	return frame[12] == 8 ? XDP_PASS : XDP_DROP;
}
