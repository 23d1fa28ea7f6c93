// SPDX-License-Identifier: GPL-2.0
/* N == 2 cured: no byte of the packet before a look at where it ends. */
BPF_ARRAY(ipv4, u64, 1);

int xdp_cured(struct xdp_md *ctx)
{
	u8 *frame = (void *)(long)ctx->data;
	u8 *end = (void *)(long)ctx->data_end;

	if (frame + 14 > end)
		return XDP_PASS;
	if (frame[12] == 8 && frame[13] == 0)
		ipv4.increment(0);
	return XDP_PASS;
}
