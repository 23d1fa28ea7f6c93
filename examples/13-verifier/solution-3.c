// SPDX-License-Identifier: GPL-2.0
/*
 * N == 3, N == 4 and N == 10 cured: a loop with a limit, over bytes that are in
 * a map in place of the stack. It counts each 'l' that arrives.
 */
#define PAYLOAD 66 /* behind Ethernet, IP and TCP as Linux sends them */

struct copy {
	u8 bytes[600];
};

BPF_PERCPU_ARRAY(copies, struct copy, 1);
BPF_ARRAY(letters, u64, 1);

int socket_cured(struct __sk_buff *skb)
{
	u64 len = skb->len;
	u32 found = 0;
	int zero = 0;
	struct copy *c = copies.lookup(&zero);

	if (!c || skb->pkt_type == 4 /* outgoing */ ||
	    skb->protocol != htons(0x0800))
		return 0;
	/*
	 * The helper wants a length from 1 to what there is room for. Two
	 * comparisons in a row become one of len - 1, of which the verifier
	 * learns nothing about len: an empty instruction keeps them apart.
	 */
	if (len < 1)
		return 0;
	asm volatile("" : "+r"(len));
	if (len > sizeof(c->bytes) ||
	    bpf_skb_load_bytes(skb, 0, c->bytes, len) < 0)
		return 0;
	for (u64 i = PAYLOAD; i < sizeof(c->bytes) && i < len; i++) {
		/* Likewise: no clever pointer in place of an index. */
		asm volatile("" : "+r"(i));
		if (i < sizeof(c->bytes))
			found += c->bytes[i] == 'l';
	}
	letters.increment(0, found);
	return 0;
}
