// SPDX-License-Identifier: GPL-2.0
/* Everything of one network, looked up by longest prefix in a map. */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct prefix {
	u32 bits;
	u32 addr_be;
};

BPF_LPM_TRIE(blocked, struct prefix, u64);

int xdp_block(struct xdp_md *ctx)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	/* User space would fill the map; here, the program itself does. */
	struct prefix net = {.bits = 24, .addr_be = htonl(0x0a500000)};
	struct prefix whole = {.bits = 32};
	u64 zero = 0, *count;

	if ((void *)(ip + 1) > end || eth->h_proto != htons(ETH_P_IP))
		return XDP_PASS;
	blocked.insert(&net, &zero);
	whole.addr_be = ip->saddr;
	count = blocked.lookup(&whole);
	if (!count)
		return XDP_PASS;
	__sync_fetch_and_add(count, 1);
	return XDP_DROP;
}
