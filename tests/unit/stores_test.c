// SPDX-License-Identifier: GPL-2.0
/* Stores to the packet or its context, by whatever way the address came. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "compile/stores.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

#define LDX(size, to, from, off_)                                    \
	{                                                            \
		.code = BPF_LDX | BPF_MEM | (size), .dst_reg = (to), \
		.src_reg = (from), .off = (off_)                     \
	}
#define STX(size, to, off_, from)                                    \
	{                                                            \
		.code = BPF_STX | BPF_MEM | (size), .dst_reg = (to), \
		.src_reg = (from), .off = (off_)                     \
	}
#define ST(size, to, off_)                                          \
	{                                                           \
		.code = BPF_ST | BPF_MEM | (size), .dst_reg = (to), \
		.off = (off_)                                       \
	}
#define LOCK(to, off_, from, how)                                       \
	{                                                               \
		.code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = (to), \
		.src_reg = (from), .off = (off_), .imm = (how)          \
	}
#define ALU(class, op, to, from)                                 \
	{                                                        \
		.code = (class) | (op) | BPF_X, .dst_reg = (to), \
		.src_reg = (from)                                \
	}
#define ALU_K(op, to, value)                                       \
	{                                                          \
		.code = BPF_ALU64 | (op) | BPF_K, .dst_reg = (to), \
		.imm = (value)                                     \
	}
#define MOV(to, from) ALU(BPF_ALU64, BPF_MOV, to, from)
#define ADD(to, from) ALU(BPF_ALU64, BPF_ADD, to, from)
#define SUB(to, from) ALU(BPF_ALU64, BPF_SUB, to, from)
#define SET(to, value) ALU_K(BPF_MOV, to, value)
#define CALL(nr)                                        \
	{                                               \
		.code = BPF_JMP | BPF_CALL, .imm = (nr) \
	}
#define IF(reg, off_)                                                \
	{                                                            \
		.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = (reg), \
		.off = (off_)                                        \
	}
#define GOTO(off_)                                      \
	{                                               \
		.code = BPF_JMP | BPF_JA, .off = (off_) \
	}
#define GOTOL(off_)                                       \
	{                                                 \
		.code = BPF_JMP32 | BPF_JA, .imm = (off_) \
	}
#define EXIT                               \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}
#define MAP_VALUE(to) CALL(BPF_FUNC_map_lookup_elem), MOV(to, 0)

#define TC_DATA offsetof(struct __sk_buff, data)
#define TC_META offsetof(struct __sk_buff, data_meta)
#define TC_MARK offsetof(struct __sk_buff, mark)
#define TC_LEN offsetof(struct __sk_buff, len)
#define DATA offsetof(struct xdp_md, data)
#define DATA_END offsetof(struct xdp_md, data_end)
#define DATA_META offsetof(struct xdp_md, data_meta)
#define INDEX offsetof(struct xdp_md, ingress_ifindex)

#define W BPF_W
#define B BPF_B
#define DW BPF_DW

static void check(const char *what, bool is_xdp, long wrong,
		  const struct bpf_insn *in, size_t nr)
{
	struct bpf_insn *copy = malloc(nr * sizeof(*in));
	size_t at = 0;
	int ret;

	/* Exactly so long, for the sanitizer. */
	memcpy(copy, in, nr * sizeof(*in));
	ret = stores_check(copy, nr,
			   is_xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS,
			   &at);
	free(copy);
	if (ret != (wrong < 0 ? 0 : -EACCES) ||
	    (wrong >= 0 && (long)at != wrong))
		fail_msg("%s: %d at %zu, not at %ld", what, ret, at, wrong);
}

/* WRONG: the instruction that writes there, or -1. */
#define XDP(what, wrong, ...)                                            \
	check(what, true, wrong, (struct bpf_insn[]){__VA_ARGS__, EXIT}, \
	      NR(((struct bpf_insn[]){__VA_ARGS__, EXIT})))
#define TC(what, wrong, ...)                                              \
	check(what, false, wrong, (struct bpf_insn[]){__VA_ARGS__, EXIT}, \
	      NR(((struct bpf_insn[]){__VA_ARGS__, EXIT})))

static void straight(void **state)
{
	XDP("nothing", -1, SET(0, 2));
	XDP("its stack", -1, ST(DW, 10, -8), STX(W, 10, -12, 1));
	XDP("a map's value", -1, MAP_VALUE(6), ST(W, 6, 4), STX(DW, 6, 8, 7));
	XDP("the packet", 1, LDX(W, 2, 1, DATA), ST(B, 2, 14));
	XDP("by a register", 1, LDX(W, 2, 1, DATA), STX(B, 2, 14, 3));
	XDP("by an atomic", 1, LDX(W, 2, 1, DATA), LOCK(2, 0, 3, BPF_ADD));
	XDP("what is in front of it", 1, LDX(W, 2, 1, DATA_META), ST(B, 2, 0));
	XDP("another field is a number", -1, LDX(W, 2, 1, INDEX), ST(B, 2, 0));
	XDP("the context", 0, ST(W, 1, INDEX));
	TC("the mark", 0, ST(W, 1, TC_MARK));
	TC("the mark, by a copy", 1, MOV(6, 1), STX(W, 6, TC_MARK, 0));
	TC("the packet", 1, LDX(W, 2, 1, TC_DATA), ST(B, 2, 0));
	TC("what is in front of it", 1, LDX(W, 2, 1, TC_META), ST(B, 2, 0));
	TC("the place of XDP's data is a number here", -1, LDX(W, 2, 1, DATA),
	   ST(B, 2, 0));
	TC("the length is a number", -1, LDX(W, 2, 1, TC_LEN), MAP_VALUE(6),
	   ADD(6, 2), ST(B, 6, 0));
}

static void calculated(void **state)
{
	XDP("plus a constant", 2, LDX(W, 2, 1, DATA), ALU_K(BPF_ADD, 2, 14),
	    ST(B, 2, 0));
	XDP("plus a number", 3, LDX(W, 2, 1, DATA), LDX(W, 3, 1, INDEX),
	    ADD(2, 3), ST(B, 2, 0));
	XDP("a number plus it", 3, LDX(W, 2, 1, DATA), LDX(W, 3, 1, INDEX),
	    ADD(3, 2), ST(B, 3, 0));
	XDP("less a number", 3, LDX(W, 2, 1, DATA), LDX(W, 3, 1, INDEX),
	    SUB(2, 3), ST(B, 2, 0));
	XDP("its length is a number", -1, LDX(W, 2, 1, DATA),
	    LDX(W, 7, 1, DATA_END), SUB(7, 2), MAP_VALUE(6), ADD(6, 7),
	    ST(B, 6, 0));
	XDP("32 bits of it are a number", -1, LDX(W, 7, 1, DATA),
	    ALU(BPF_ALU, BPF_MOV, 7, 7), MAP_VALUE(6), ADD(6, 7), ST(B, 6, 0));
	XDP("its bytes are numbers", -1, LDX(W, 2, 1, DATA), LDX(B, 7, 2, 14),
	    MAP_VALUE(6), ADD(6, 7), ST(B, 6, 0));
	XDP("a context that was moved", 2, MOV(6, 1), ALU_K(BPF_ADD, 6, 4),
	    ST(W, 6, 0));
	XDP("its fields may be the packet", 2, ALU_K(BPF_ADD, 1, 4),
	    LDX(W, 2, 1, -4), ST(W, 2, 0));
}

static void kept(void **state)
{
	XDP("on the stack and back", 3, LDX(W, 2, 1, DATA), STX(DW, 10, -8, 2),
	    LDX(DW, 3, 10, -8), ST(B, 3, 0));
	XDP("another place of the stack", -1, LDX(W, 2, 1, DATA),
	    STX(DW, 10, -8, 2), LDX(DW, 3, 10, -16), ST(B, 3, 0));
	XDP("written over", -1, LDX(W, 2, 1, DATA), STX(DW, 10, -8, 2),
	    ST(DW, 10, -8), LDX(DW, 3, 10, -8), ST(B, 3, 0));
	XDP("written over in part", -1, LDX(W, 2, 1, DATA), STX(DW, 10, -8, 2),
	    ST(W, 10, -4), LDX(DW, 3, 10, -8), ST(B, 3, 0));
	XDP("a part of it", -1, LDX(W, 2, 1, DATA), STX(DW, 10, -8, 2),
	    LDX(W, 3, 10, -8), MAP_VALUE(6), ADD(6, 3), ST(B, 6, 0));
	XDP("by a pointer to the stack", 6, LDX(W, 2, 1, DATA), MOV(4, 10),
	    ALU_K(BPF_ADD, 4, -24), STX(DW, 4, 8, 2), LDX(DW, 3, 10, -16),
	    SET(0, 2), ST(B, 3, 0));
	XDP("anywhere on the stack", 6, LDX(W, 2, 1, DATA), LDX(W, 3, 1, INDEX),
	    MOV(4, 10), ADD(4, 3), STX(DW, 4, 0, 2), LDX(DW, 5, 10, -504),
	    ST(B, 5, 0));
	XDP("from anywhere on the stack", 6, LDX(W, 2, 1, DATA),
	    STX(DW, 10, -504, 2), LDX(W, 3, 1, INDEX), MOV(4, 10), ADD(4, 3),
	    LDX(DW, 5, 4, 0), ST(B, 5, 0));
	XDP("the context on the stack", 2, STX(DW, 10, -8, 1),
	    LDX(DW, 6, 10, -8), ST(W, 6, 0));
	XDP("a register that a call has taken", -1, LDX(W, 2, 1, DATA),
	    CALL(BPF_FUNC_ktime_get_ns), ST(B, 2, 0));
	XDP("one that it has not", 2, LDX(W, 6, 1, DATA),
	    CALL(BPF_FUNC_ktime_get_ns), ST(B, 6, 0));
	XDP("in a map's value it is a number", -1, LDX(W, 7, 1, DATA),
	    MAP_VALUE(6), STX(DW, 6, 0, 7), LDX(DW, 3, 6, 0), ADD(6, 3),
	    ST(B, 6, 0));
	XDP("exchanged for what was there", 4, LDX(W, 2, 1, DATA),
	    STX(DW, 10, -8, 2), LOCK(10, -16, 2, BPF_XCHG), LDX(DW, 3, 10, -8),
	    ST(B, 3, 0));
}

static void joined(void **state)
{
	XDP("on one of two ways", 4, SET(2, 0), IF(3, 1), LDX(W, 2, 1, DATA),
	    SET(4, 0), ST(B, 2, 0));
	XDP("on the other", 5, LDX(W, 2, 1, DATA), IF(3, 2), SET(2, 0), GOTO(0),
	    SET(4, 0), ST(B, 2, 0));
	XDP("on a way that does not lead there", -1, MAP_VALUE(2), IF(3, 2),
	    LDX(W, 2, 1, INDEX), EXIT, ST(B, 2, 0));
	XDP("behind a far jump", 3, LDX(W, 2, 1, DATA), GOTOL(1), EXIT,
	    ST(B, 2, 0));
	XDP("where nothing leads", -1, LDX(W, 2, 1, DATA), EXIT, ST(B, 2, 0));
	/* The first time round r6 is a map's value. */
	XDP("the second time round", 2, MOV(7, 1), SET(6, 0), ST(B, 6, 0),
	    LDX(W, 6, 7, DATA), IF(0, -3));
	XDP("the third time round", 2, MOV(7, 1), SET(6, 0), ST(B, 6, 0),
	    MOV(6, 8), LDX(W, 8, 7, DATA), IF(0, -4));
	XDP("by the stack, the second time round", 3, MOV(7, 1), ST(DW, 10, -8),
	    LDX(DW, 6, 10, -8), ST(B, 6, 0), LDX(W, 2, 7, DATA),
	    STX(DW, 10, -8, 2), SET(2, 0), SET(6, 0), IF(0, -7));
	XDP("a loop that is fine", -1, MOV(7, 1), MAP_VALUE(6), ST(B, 6, 0),
	    LDX(W, 8, 7, DATA), ALU_K(BPF_ADD, 6, 1), IF(0, -4));
	XDP("two places of the stack", 7, LDX(W, 2, 1, DATA),
	    STX(DW, 10, -8, 2), MOV(4, 10), IF(3, 1), ALU_K(BPF_ADD, 4, -8),
	    LDX(DW, 5, 4, -8), SET(0, 0), ST(B, 5, 0));
	XDP("a jump to nowhere", -1, IF(3, 100), IF(3, -100), SET(0, 2));
}

static int check_of(const struct bpf_insn *in, size_t nr, size_t *at)
{
	return stores_check(in, nr, BPF_PROG_TYPE_XDP, at);
}

static void what_cannot_be_followed(void **state)
{
	static const struct bpf_insn calls[] = {
		SET(0, 2),
		{.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL},
		EXIT,
	};
	static const struct bpf_insn callback[] = {
		{.code = BPF_LD | BPF_DW | BPF_IMM, .src_reg = BPF_PSEUDO_FUNC},
		{},
		EXIT,
	};
	const size_t nr = 400;
	struct bpf_insn *back = calloc(nr, sizeof(*back));
	size_t at, i;

	assert_int_equal(check_of(calls, NR(calls), &at), -EOPNOTSUPP);
	assert_int_equal(at, 1);
	assert_int_equal(check_of(callback, NR(callback), &at), -EOPNOTSUPP);
	assert_int_equal(at, 0);
	/* Each pair leads to the pair in front of it. */
	back[0] = (struct bpf_insn)GOTO(nr - 3);
	for (i = 1; i < nr - 1; i += 2) {
		back[i] = (struct bpf_insn)SET(2, 0);
		back[i + 1] = (struct bpf_insn)GOTO(-4);
	}
	back[2] = (struct bpf_insn)EXIT;
	back[nr - 1] = (struct bpf_insn)EXIT;
	assert_int_equal(check_of(back, nr, &at), -E2BIG);
	free(back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(straight),
		cmocka_unit_test(calculated),
		cmocka_unit_test(kept),
		cmocka_unit_test(joined),
		cmocka_unit_test(what_cannot_be_followed),
	};

	return cmocka_run_group_tests_name("stores", tests, NULL, NULL);
}
