// SPDX-License-Identifier: GPL-2.0
/*
 * Programs that every kernel refuses, each in its own words: guest.sh puts
 * "#define CASE n" before this text.
 */
#ifndef CASE
#define CASE 1
#endif

struct hook_stats {
	u64 seen, matched, submitted, ring_full, submit_failed;
};

BPF_PERF_OUTPUT(events);
BPF_PERCPU_ARRAY(stats, struct hook_stats, 1);
/* Of an array some kernels know that it has what is looked up. */
BPF_HASH(found, u32, u64, 16);

int tcpsnoop_socket(struct __sk_buff *skb)
{
#if CASE == 1 /* what a lookup did not find */
	u32 key = skb->mark;
	u64 *value = found.lookup(&key);

	*value += 1;
#elif CASE == 2 /* a number as an address: 'inv', later 'scalar' */
	volatile u32 *p = (volatile u32 *)(unsigned long)skb->len;

	return *p;
#elif CASE == 3 /* a helper of another hook: "unknown func", later "cannot" */
	bpf_get_route_realm(skb);
#elif CASE == 4 /* no end that could be seen */
	while (skb->mark != 1)
		bpf_ktime_get_ns();
#endif
	return 0;
}
