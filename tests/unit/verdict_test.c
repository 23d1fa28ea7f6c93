// SPDX-License-Identifier: GPL-2.0
/*
 * What programs return in the way of packets: on every way the same, which is
 * found out by running them here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compile/verdict.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define PASS 2 /* as XDP_PASS */

#define RETURN(value)                   \
	{.code = 0xb7, .imm = (value)}, \
	{                               \
		.code = 0x95            \
	}
#define RETURN_32(value)                \
	{.code = 0xb4, .imm = (value)}, \
	{                               \
		.code = 0x95            \
	}
#define RETURN_64(value)                     \
	{.code = 0x18, .imm = (value)}, {0}, \
	{                                    \
		.code = 0x95                 \
	}
#define EXIT                 \
	{                    \
		.code = 0x95 \
	}
#define IF_R1(off_)                                       \
	{                                                 \
		.code = 0x55, .dst_reg = 1, .off = (off_) \
	}
#define GOTO(off_)                          \
	{                                   \
		.code = 0x05, .off = (off_) \
	}
#define SET(reg, value)                                        \
	{                                                      \
		.code = 0xb7, .dst_reg = (reg), .imm = (value) \
	}

/* What it returns when it is called with R1. */
static int32_t run(const struct bpf_insn *in, size_t nr, uint64_t r1)
{
	uint64_t r[16] = {[1] = r1};
	size_t at, steps;

	for (at = steps = 0; at < nr && steps < 1000; at++, steps++) {
		switch (in[at].code) {
		case 0xb7:
			r[in[at].dst_reg] = (int64_t)in[at].imm;
			break;
		case 0xb4:
			r[in[at].dst_reg] = (uint32_t)in[at].imm;
			break;
		case 0x18:
			r[in[at].dst_reg] = (uint32_t)in[at].imm |
					    (uint64_t)in[at + 1].imm << 32;
			at++;
			break;
		case 0x55:
			if (r[in[at].dst_reg] != (uint64_t)in[at].imm)
				at += in[at].off;
			break;
		case 0x05:
			at += in[at].off;
			break;
		case 0x95:
			return r[0];
		default:
			fail_msg("code %#x at %zu", in[at].code, at);
		}
	}
	fail_msg("no end");
	return 0;
}

/* MORE instructions than before, and the same verdict on both ways. */
static void check(const struct bpf_insn *insns, size_t nr, int32_t verdict,
		  size_t more)
{
	size_t size = nr * sizeof(*insns), nr_now = nr, at;
	struct bpf_insn *in = malloc(size);

	memcpy(in, insns, size);
	assert_int_equal(verdict_fix(&in, &nr_now, verdict, &at), 0);
	assert_int_equal(nr_now, nr + more);
	if (!more)
		assert_memory_equal(in, insns, size);
	assert_int_equal(run(in, nr_now, 0), verdict);
	assert_int_equal(run(in, nr_now, 1), verdict);
	/* Once more there is nothing left to do. */
	assert_int_equal(verdict_fix(&in, &nr_now, verdict, &at), 0);
	assert_int_equal(nr_now, nr + more);
	free(in);
}

#define CHECK(verdict, more, ...)               \
	check((struct bpf_insn[]){__VA_ARGS__}, \
	      NR(((struct bpf_insn[]){__VA_ARGS__})), verdict, more)

static void as_it_should_be(void **state)
{
	CHECK(PASS, 0, RETURN(PASS));
	CHECK(PASS, 0, RETURN_32(PASS));
	CHECK(-1, 0, RETURN(-1));
	CHECK(-1, 0, RETURN_32(-1));
	CHECK(-1, 0, RETURN_64(-1));
	CHECK(PASS, 0, IF_R1(2), RETURN(PASS), RETURN(PASS));
	/* A jump to where the verdict is set. */
	CHECK(PASS, 0, IF_R1(1), SET(2, 7), RETURN(PASS));
}

static void another_verdict(void **state)
{
	CHECK(PASS, 2, RETURN(1));
	CHECK(PASS, 2, EXIT);
	CHECK(PASS, 2, SET(1, PASS), EXIT);
	CHECK(PASS, 2, RETURN_64(1));
	CHECK(-1, 2, RETURN(PASS));
	CHECK(PASS, 2, IF_R1(2), RETURN(PASS), RETURN(1));
	CHECK(PASS, 2, IF_R1(2), RETURN(1), RETURN(PASS));
	CHECK(PASS, 2, IF_R1(2), RETURN(1), RETURN(0));
	/* The exit is jumped to, past where the verdict is set. */
	CHECK(PASS, 2, SET(0, 1), IF_R1(1), RETURN(PASS));
	CHECK(PASS, 2, SET(0, 1), IF_R1(1), GOTO(1), GOTO(1), RETURN(PASS));
	/* Its second half looks like what sets the verdict. */
	CHECK(PASS, 2, {.code = 0x18, .imm = 1}, {.imm = 0}, EXIT);
	/* The register is set to another register's number. */
	CHECK(PASS, 2, SET(0, 1), {.code = 0x05, .dst_reg = 0, .imm = PASS},
	      EXIT);
}

static int fix(const struct bpf_insn *insns, size_t nr, int32_t verdict,
	       size_t *at)
{
	size_t nr_now = nr;
	struct bpf_insn *in = malloc(nr * sizeof(*in)), *was = in;
	int ret;

	memcpy(in, insns, nr * sizeof(*in));
	ret = verdict_fix(&in, &nr_now, verdict, at);
	if (ret) {
		assert_ptr_equal(in, was);
		assert_int_equal(nr_now, nr);
		assert_memory_equal(in, insns, nr * sizeof(*in));
	}
	free(in);
	return ret;
}

static void what_ends_otherwise(void **state)
{
	static const struct bpf_insn by_absence[] = {
		SET(6, 0),
		{.code = BPF_LD | BPF_ABS | BPF_B},
		RETURN(PASS),
	};
	static const struct bpf_insn called[] = {
		{.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL},
		RETURN(PASS),
		RETURN(PASS),
	};
	static const struct bpf_insn tail[] = {
		SET(6, 0),
		SET(7, 0),
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_tail_call},
		RETURN(PASS),
	};
	/* What is put behind the end has its exit there. */
	static const struct bpf_insn past_the_end[] = {
		SET(0, 1),
		IF_R1(3),
		RETURN(1),
	};
	static const struct bpf_insn in_front[] = {IF_R1(-3), RETURN(PASS)};
	size_t at;

	assert_int_equal(fix(past_the_end, NR(past_the_end), PASS, &at),
			 -EOPNOTSUPP);
	assert_int_equal(at, 1);
	assert_int_equal(fix(in_front, NR(in_front), PASS, &at), -EOPNOTSUPP);
	assert_int_equal(fix(by_absence, NR(by_absence), PASS, &at), -EINVAL);
	assert_int_equal(at, 1);
	assert_int_equal(fix(by_absence, NR(by_absence), 0, &at), 0);
	assert_int_equal(fix(called, NR(called), PASS, &at), -EOPNOTSUPP);
	assert_int_equal(at, 0);
	assert_int_equal(fix(tail, NR(tail), PASS, &at), -EOPNOTSUPP);
	assert_int_equal(at, 2);
}

/* A jump reaches 32,767 instructions. */
static void too_far(void **state)
{
	const size_t most = INT16_MAX + 1;
	struct bpf_insn *in = calloc(most + 1, sizeof(*in));
	size_t i, at;

	for (i = 0; i <= most; i++)
		in[i] = (struct bpf_insn)SET(3, 0);
	in[0] = in[most - 1] = in[most] = (struct bpf_insn)EXIT;
	assert_int_equal(fix(in, most, PASS, &at), 0);
	assert_int_equal(fix(in, most + 1, PASS, &at), -E2BIG);
	assert_int_equal(at, 0);
	free(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_it_should_be),
		cmocka_unit_test(another_verdict),
		cmocka_unit_test(what_ends_otherwise),
		cmocka_unit_test(too_far),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
