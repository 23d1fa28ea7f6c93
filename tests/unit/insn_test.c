// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compile/insn.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))

#define INSN(code_, dst, src, off_, imm_)                                   \
	{                                                                   \
		.code = code_, .dst_reg = dst, .src_reg = src, .off = off_, \
		.imm = imm_                                                 \
	}

static struct image image_of(const struct bpf_insn *insns, size_t nr)
{
	return (struct image){
		.maps = {{.name = "events"}, {.name = "no\npe"}},
		.nr_maps = 2,
		.progs = {{.name = "count", .insns = insns, .nr_insns = nr}},
		.nr_progs = 1,
	};
}

static const struct {
	struct bpf_insn in[2];
	const char *text; /* as instruction 4 of 8 */
} insns[] = {
	{{INSN(0x07, 1, 0, 0, -8)}, "(07) r1 += -8"},
	{{INSN(0x0f, 1, 2, 0, 0)}, "(0f) r1 += r2"},
	{{INSN(0x04, 1, 0, 0, 5)}, "(04) w1 += 5"},
	{{INSN(0x1c, 1, 2, 0, 0)}, "(1c) w1 -= w2"},
	{{INSN(0x3f, 1, 2, 0, 0)}, "(3f) r1 /= r2"},
	{{INSN(0x3f, 1, 2, 1, 0)}, "(3f) r1 s/= r2"},
	{{INSN(0x97, 1, 0, 1, 3)}, "(97) r1 s%= 3"},
	{{INSN(0x77, 1, 0, 0, 32)}, "(77) r1 >>= 32"},
	{{INSN(0xc4, 1, 0, 0, 31)}, "(c4) w1 s>>= 31"},
	{{INSN(0x87, 3, 0, 0, 0)}, "(87) r3 = -r3"},
	{{INSN(0x84, 3, 0, 0, 0)}, "(84) w3 = -w3"},
	{{INSN(0xbf, 6, 1, 0, 0)}, "(bf) r6 = r1"},
	{{INSN(0xbc, 6, 1, 16, 0)}, "(bc) w6 = (s16) w1"},
	{{INSN(0xbf, 6, 1, 32, 0)}, "(bf) r6 = (s32) r1"},
	{{INSN(0xd4, 1, 0, 0, 64)}, "(d4) r1 = le64 r1"},
	{{INSN(0xdc, 1, 0, 0, 16)}, "(dc) r1 = be16 r1"},
	{{INSN(0xd7, 1, 0, 0, 32)}, "(d7) r1 = bswap32 r1"},
	{{INSN(0x69, 3, 1, 16, 0)}, "(69) r3 = *(u16 *)(r1 +16)"},
	{{INSN(0x79, 0, 10, -8, 0)}, "(79) r0 = *(u64 *)(r10 -8)"},
	{{INSN(0x91, 3, 1, 0, 0)}, "(91) r3 = *(s8 *)(r1 +0)"},
	{{INSN(0x73, 10, 2, -1, 0)}, "(73) *(u8 *)(r10 -1) = r2"},
	{{INSN(0x62, 10, 0, -4, 7)}, "(62) *(u32 *)(r10 -4) = 7"},
	{{INSN(0x30, 0, 0, 0, 23)}, "(30) r0 = *(u8 *)skb[23]"},
	{{INSN(0x48, 0, 6, 0, 14)}, "(48) r0 = *(u16 *)skb[r6 + 14]"},
	{{INSN(0xdb, 1, 2, 8, 0)}, "(db) lock *(u64 *)(r1 +8) += r2"},
	{{INSN(0xc3, 1, 2, 0, 0xa0)}, "(c3) lock *(u32 *)(r1 +0) ^= r2"},
	{{INSN(0xdb, 1, 2, 0, 1)},
	 "(db) r2 = atomic64_fetch_add((u64 *)(r1 +0), r2)"},
	{{INSN(0xc3, 1, 2, 0, 0x51)},
	 "(c3) r2 = atomic_fetch_and((u32 *)(r1 +0), r2)"},
	{{INSN(0xdb, 1, 2, 0, 0xe1)},
	 "(db) r2 = atomic64_xchg((u64 *)(r1 +0), r2)"},
	{{INSN(0xdb, 1, 2, 0, 0xf1)},
	 "(db) r0 = atomic64_cmpxchg((u64 *)(r1 +0), r0, r2)"},
	{{INSN(0xcb, 1, 2, 2, 0x100)},
	 "(cb) r1 = load_acquire((u16 *)(r2 +2))"},
	{{INSN(0xd3, 1, 2, 2, 0x110)}, "(d3) store_release((u8 *)(r1 +2), r2)"},
	{{INSN(0x15, 3, 0, 2, 8)}, "(15) if r3 == 0x8 goto 7"},
	{{INSN(0x2d, 3, 2, -4, 0)}, "(2d) if r3 > r2 goto 1"},
	{{INSN(0x56, 3, 0, 0, -1)}, "(56) if w3 != 0xffffffff goto 5"},
	{{INSN(0xce, 3, 4, 3, 0)}, "(ce) if w3 s< w4 goto 8 (outside)"},
	{{INSN(0x05, 0, 0, -6, 0)}, "(05) goto -1 (outside)"},
	{{INSN(0x06, 0, 0, 0, 2)}, "(06) gotol 7"},
	{{INSN(0x06, 0, 0, 0, INT32_MAX)}, "(06) gotol 2147483652 (outside)"},
	{{INSN(0xe5, 0, 0, 1, 0)}, "(e5) may_goto 6"},
	{{INSN(0x85, 0, 0, 0, 25)}, "(85) call bpf_perf_event_output#25"},
	{{INSN(0x85, 0, 0, 0, 0)}, "(85) call #0"},
	{{INSN(0x85, 0, 0, 0, -1)}, "(85) call #-1"},
	{{INSN(0x85, 0, 0, 0, 99999)}, "(85) call #99999"},
	{{INSN(0x85, 0, 1, 0, 1)}, "(85) call 6"},
	{{INSN(0x85, 0, 2, 0, 77)}, "(85) call kernel-function#77"},
	{{INSN(0x8d, 3, 0, 0, 0)}, "(8d) callx r3"},
	{{INSN(0x95, 0, 0, 0, 0)}, "(95) exit"},
	{{INSN(0x18, 1, 0, 0, -2), INSN(0, 0, 0, 0, 1)},
	 "(18) r1 = 0x1fffffffe"},
	{{INSN(0x18, 1, 1, 0, 0)}, "(18) r1 = map[events]"},
	{{INSN(0x18, 1, 1, 0, 1)}, "(18) r1 = map[no?pe]"},
	{{INSN(0x18, 1, 1, 0, 2)}, "(18) r1 = map[#2]"},
	{{INSN(0x18, 1, 2, 0, 0), INSN(0, 0, 0, 0, 8)},
	 "(18) r1 = map[events]+8"},
	{{INSN(0x18, 1, 4, 0, 2)}, "(18) r1 = function 7"},
	/* No instructions. */
	{{INSN(0xff, 1, 2, 0x0403, 0x08070605)},
	 "(ff) raw ff 21 03 04 05 06 07 08"},
	{{INSN(0x18, 1, 9, 0, 0)}, "(18) raw 18 91 00 00 00 00 00 00"},
	{{INSN(0x18, 1, 0, 0, 0), INSN(0, 1, 0, 0, 0)},
	 "(18) raw 18 01 00 00 00 00 00 00"},
	{{INSN(0x18, 1, 0, 0, 0), INSN(0x95, 0, 0, 0, 0)},
	 "(18) raw 18 01 00 00 00 00 00 00"},
	{{INSN(0x38, 0, 0, 0, 0)}, "(38) raw 38 00 00 00 00 00 00 00"},
	{{INSN(0x99, 0, 0, 0, 0)}, "(99) raw 99 00 00 00 00 00 00 00"},
	{{INSN(0xdc, 1, 0, 0, 17)}, "(dc) raw dc 01 00 00 11 00 00 00"},
	{{INSN(0xbf, 1, 2, 7, 0)}, "(bf) raw bf 21 07 00 00 00 00 00"},
	{{INSN(0x3f, 1, 2, 2, 0)}, "(3f) raw 3f 21 02 00 00 00 00 00"},
	{{INSN(0xcb, 1, 2, 0, 0)}, "(cb) raw cb 21 00 00 00 00 00 00"},
	{{INSN(0xdb, 1, 2, 0, 0x10)}, "(db) raw db 21 00 00 10 00 00 00"},
	{{INSN(0x0d, 1, 2, 0, 0)}, "(0d) raw 0d 21 00 00 00 00 00 00"},
	{{INSN(0x85, 0, 3, 0, 1)}, "(85) raw 85 30 00 00 01 00 00 00"},
};

static void test_insns(void **state)
{
	struct bpf_insn prog[8] = {0};
	struct image img = image_of(prog, NR(prog));
	struct insn_text text;
	size_t i;

	for (i = 0; i < NR(insns); i++) {
		memcpy(prog + 4, insns[i].in, sizeof(insns[i].in));
		insn_text(&img, &img.progs[0], 4, &text);
		assert_string_equal(text.s, insns[i].text);
		assert_int_equal(
			text.nr_slots,
			prog[4].code == 0x18 && !strstr(text.s, "raw") ? 2 : 1);
	}
}

static const int offs[] = {0, 1, 2, 8, 16, 32, -1, INT16_MIN, INT16_MAX};
static const int imms[] = {0,	  1,  16,	 0x41,	   0xe1,
			   0x100, -1, INT32_MIN, INT32_MAX};

#define SWEEP (16 * NR(offs) * NR(imms))

/* One opcode with many operands; returns how many made no instruction. */
static size_t sweep(struct bpf_insn *prog, size_t nr, unsigned code)
{
	struct image img = image_of(prog, nr);
	size_t i, at, nr_raw = 0;
	struct insn_text text;
	char want[8];

	snprintf(want, sizeof(want), "(%02x) ", code);
	for (i = 0; i < SWEEP; i++) {
		at = i % nr;
		memset(prog, 0, nr * sizeof(*prog));
		prog[at] = (struct bpf_insn)INSN(code, i % 11, i & 15,
						 offs[i / 16 % NR(offs)],
						 imms[i / 16 / NR(offs)]);
		insn_text(&img, &img.progs[0], at, &text);
		assert_memory_equal(text.s, want, 5);
		assert_in_range(strlen(text.s), 6, 80);
		assert_in_range(text.nr_slots, 1, nr - at);
		nr_raw += !strncmp(text.s + 5, "raw ", 4);
	}
	return nr_raw;
}

/*
 * Whatever the operands, these are instructions: 40 of arithmetic, 21 loads and
 * stores, 49 jumps. 19 more are, with some operands: divisions, moves with an
 * extension, swaps, atomics, 64-bit immediates and calls.
 */
static void test_every_opcode(void **state)
{
	struct bpf_insn *prog = calloc(2, sizeof(*prog));
	size_t nr_all = 0, nr_none = 0, nr_raw;
	unsigned code;

	assert_non_null(prog);
	for (code = 0; code < 256; code++) {
		nr_raw = sweep(prog, 2, code);
		nr_all += !nr_raw;
		nr_none += nr_raw == SWEEP;
	}
	free(prog);
	assert_int_equal(nr_all, 40 + 21 + 49);
	assert_int_equal(nr_none, 256 - 40 - 21 - 49 - 19);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_insns),
		cmocka_unit_test(test_every_opcode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
