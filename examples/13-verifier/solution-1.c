// SPDX-License-Identifier: GPL-2.0
/* N == 1 and N == 7 cured: an index with a limit, a lookup that is checked. */
struct sizes {
	u64 seen[16];
};

BPF_ARRAY(sizes, struct sizes, 1);
BPF_HASH(counts, u32, u64);

int socket_cured(struct __sk_buff *skb)
{
	int zero = 0;
	struct sizes *s = sizes.lookup(&zero);
	u32 slot = skb->len / 128, key = skb->ifindex;
	u64 none = 0, *count;

	if (!s || skb->protocol != htons(0x0800)) /* IPv4 */
		return 0;
	if (slot < 16)
		s->seen[slot]++;
	count = counts.lookup_or_try_init(&key, &none);
	if (count)
		++*count;
	return 0;
}
