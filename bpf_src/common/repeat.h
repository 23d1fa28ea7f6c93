/* SPDX-License-Identifier: GPL-2.0 */
/*
 * repeat (NR) STATEMENT: NR times, unless it breaks. By the kernel's iterators
 * a verifier follows a turn or two instead of all, and there is one turn to
 * load instead of NR: half of a start's time. Where the kernel has none, or those
 * from before 6.11, whose verifiers were not seen to find the end: unrolled.
 */
#ifndef COMMON_REPEAT_H
#define COMMON_REPEAT_H

#if defined(KFUNC_bpf_iter_num_new) && defined(KFUNC_bpf_iter_num_next) && \
	defined(KFUNC_bpf_iter_num_destroy) &&                             \
	defined(KFUNC_bpf_iter_bits_new) /* of 6.11 */
#define HAS_REPEAT 1

static int (*repeat_new)(u64 *it, int from, int to) = KFUNC_bpf_iter_num_new;
static int *(*repeat_next)(u64 *it) = KFUNC_bpf_iter_num_next;
static void (*repeat_destroy)(u64 *it) = KFUNC_bpf_iter_num_destroy;

static inline void repeat_end(u64 *it)
{
	repeat_destroy(it);
}

static inline void *repeat_begin(u64 *it, u32 nr)
{
	repeat_new(it, 0, nr);
	return 0;
}

#define repeat(nr)                                                      \
	for (u64 turns __attribute__((cleanup(repeat_end))),            \
	     *begin __attribute__((unused)) = repeat_begin(&turns, nr); \
	     repeat_next(&turns);)

/* A verifier does not know that it is 0, nor what is at DATA. */
static inline u32 unknown_zero(const volatile u16 *data)
{
	return *data ^ *data;
}

/*
 * X, which is within MASK, for the next turn: as a number of which a verifier
 * knows no more than that. While it sees X grow it sees no end.
 */
static inline u32 next_turn(u32 x, u32 mask, const u16 *data)
{
	return (x + unknown_zero(data)) & mask;
}
#else
#define HAS_REPEAT 0
#define repeat(nr) _Pragma("unroll") for (u32 turn = 0; turn < (nr); turn++)
#define next_turn(x, mask, data) (x)
#endif

#endif
