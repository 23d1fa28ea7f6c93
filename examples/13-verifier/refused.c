// SPDX-License-Identifier: GPL-2.0
/* Ten programs that the kernel does not load: -D N=1 to -D N=10, README.md. */
#if N == 9
#define BPF_LICENSE Proprietary
#endif

struct sizes {
	u64 seen[16];
};

BPF_ARRAY(sizes, struct sizes, 1);
BPF_HASH(counts, u32, u64);
BPF_PERF_OUTPUT(events);

#if N == 2
int xdp_refused(struct xdp_md *ctx)
{
	u8 *frame = (void *)(long)ctx->data;

	return frame[12] == 8 ? XDP_PASS : XDP_DROP;
}
#else
int socket_refused(struct __sk_buff *skb)
{
	u32 key = 0, sum = skb->len;
	struct sizes *s = sizes.lookup((int *)&key);
	volatile u32 left = 1;
	u64 *count, value;

	if (!s)
		return 0;
#if N == 1    /* an index without a limit */
	s->seen[skb->len]++;
#elif N == 3  /* a loop without an end */
	while (left)
		left = 1;
#elif N == 4  /* too many local variables */
	u8 copy[600];

	bpf_skb_load_bytes(skb, 0, copy, sizeof(copy));
	return copy[skb->len & 511];
#elif N == 5  /* a helper of other hooks */
	return bpf_redirect(1, 0);
#elif N == 6  /* a value that was never set */
	asm volatile("%0 = r8" : "=r"(value));
	return value & 1;
#elif N == 7  /* a lookup that may find nothing */
	count = counts.lookup(&key);
	++*count;
#elif N == 8  /* the context read as if it were memory */
	return *(u64 *)((u8 *)skb + 2) & 1;
#elif N == 9  /* a helper for programs under the GPL */
	events.perf_submit(skb, &sum, sizeof(sum));
#elif N == 10 /* an end, but after too many steps */
	for (u32 i = 0; i < 1000000; i++)
		asm volatile("%0 += %1" : "+r"(sum) : "r"(i));
	return sum & 1;
#endif
	return 0;
}
#endif
