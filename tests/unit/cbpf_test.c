// SPDX-License-Identifier: GPL-2.0
/*
 * Classic BPF as C text. What the text does is pcap_test.c's; here is what it
 * looks like, and what is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/cbpf.h"

#define NR(array) (sizeof(array) / sizeof((array)[0]))
#define HEAD 54

/* Allocated; NULL with *RET when there is none. */
static char *text_of(const struct sock_filter *insns, size_t nr, int *ret)
{
	struct strbuf b = {};
	char *text;

	cbpf_write(&b, "matches", insns, nr, HEAD);
	text = strbuf_take(&b, NULL);
	*ret = b.err;
	return text;
}

static void is_text(const struct sock_filter *insns, size_t nr,
		    const char *want)
{
	int ret;
	char *text = text_of(insns, nr, &ret);

	assert_int_equal(ret, 0);
	assert_string_equal(text, want);
	free(text);
}

/* tcpdump -d 'ip and src port 80', without the test for fragments */
static void reads_like_c(void **state)
{
	static const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x800, 0, 4),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 14),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 80, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 262144),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};

	is_text(insns, NR(insns),
		"static inline int matches(struct frame *f)\n"
		"{\n"
		"\tu32 a = 0, x = 0;\n"
		"\n"
		"\ta = head_u16(f, 12);\n"
		"\tif (a != 0x800)\n"
		"\t\treturn 0;\n"
		"\tx = 4 * (head_u8(f, 14) & 0xf);\n"
		"\tif (x == 20)\n"
		"\t\ta = head_u16(f, 34);\n"
		"\telse if (frame_u16(f, (u64)x + 14, &a) < 0)\n"
		"\t\treturn 0;\n"
		"\tif (a != 0x50)\n"
		"\t\treturn 0;\n"
		"\treturn 1;\n"
		"}\n");
}

/* The head ends within the first of these loads. */
static void loads_behind_the_head_may_fail(void **state)
{
	static const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, HEAD - 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, HEAD - 4),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, HEAD),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, HEAD - 20 - 3),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	is_text(insns, NR(insns),
		"static inline int matches(struct frame *f)\n"
		"{\n"
		"\tu32 a = 0, x = 0;\n"
		"\n"
		"\tif (frame_u32(f, 51, &a) < 0)\n"
		"\t\treturn 0;\n"
		"\ta = head_u32(f, 50);\n"
		"\tif (frame_u8(f, 54, &x) < 0)\n"
		"\t\treturn 0;\n"
		"\tx = 4 * (x & 0xf);\n"
		"\tif (frame_u32(f, (u64)x + 31, &a) < 0)\n"
		"\t\treturn 0;\n"
		"\treturn a != 0;\n"
		"}\n");
}

/* Two loops, as protochain makes them: each is counted by itself. */
static void bounds_each_loop(void **state)
{
	static const struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 20),
		BPF_STMT(BPF_ST, 3),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 0),
		BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)-4),
		BPF_STMT(BPF_LDX | BPF_MEM, 3),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 1, 0),
		BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)-3),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};

	is_text(insns, NR(insns),
		"static inline int matches(struct frame *f)\n"
		"{\n"
		"\tu32 a = 0, x = 0;\n"
		"\tu32 m[16] = {};\n"
		"\tu32 loops_l0 = 0;\n"
		"\tu32 loops_l4 = 0;\n"
		"\n"
		"L0:\n"
		"\tif (x == 20)\n"
		"\t\ta = head_u8(f, 40);\n"
		"\telse if (frame_u8(f, (u64)x + 20, &a) < 0)\n"
		"\t\treturn 0;\n"
		"\tm[3] = a;\n"
		"\tif (a > x)\n"
		"\t\tgoto L4;\n"
		"\tif (++loops_l0 > 8)\n"
		"\t\treturn 0;\n"
		"\tgoto L0;\n"
		"L4:\n"
		"\tx = m[3];\n"
		"\tif (a & 0x1)\n"
		"\t\tgoto L7;\n"
		"\tif (++loops_l4 > 8)\n"
		"\t\treturn 0;\n"
		"\tgoto L4;\n"
		"L7:\n"
		"\treturn a != 0;\n"
		"}\n");
}

/* What C leaves open, or does otherwise than libpcap's interpreter */
static void computes_as_libpcap(void **state)
{
	static const struct {
		struct sock_filter in;
		const char *want;
	} rows[] = {
		{BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0),
		 "\tif (!x)\n\t\treturn 0;\n\ta /= x;\n"},
		{BPF_STMT(BPF_ALU | BPF_MOD | BPF_X, 0),
		 "\tif (!x)\n\t\treturn 0;\n\ta %= x;\n"},
		{BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), "\treturn 0;\n"},
		{BPF_STMT(BPF_ALU | BPF_LSH | BPF_X, 0),
		 "\ta = x < 32 ? a << x : 0;\n"},
		{BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 31), "\ta >>= 0x1f;\n"},
		{BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 32), "\ta = 0;\n"},
		{BPF_STMT(BPF_ALU | BPF_NEG, 0), "\ta = -a;\n"},
		{BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), "\ta = f->len;\n"},
		{BPF_STMT(BPF_MISC | BPF_TXA, 0), "\ta = x;\n"},
		{BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0), ""},
	};
	struct sock_filter insns[2] = {{}, BPF_STMT(BPF_RET | BPF_K, 1)};
	char want[256];
	size_t i;

	for (i = 0; i < NR(rows); i++) {
		insns[0] = rows[i].in;
		snprintf(want, sizeof(want),
			 "static inline int matches(struct frame *f)\n{\n"
			 "\tu32 a = 0, x = 0;\n\n%s\treturn 1;\n}\n",
			 rows[i].want);
		is_text(insns, NR(insns), want);
	}
}

static void refuses_what_is_no_program(void **state)
{
	static const struct sock_filter wrong[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 255),
		BPF_JUMP(BPF_JMP | 0x50, 1, 0, 1),
		BPF_STMT(BPF_JMP | BPF_JA, 1),
		BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)-2),
		BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX / 2),
		BPF_STMT(BPF_LD | 0x18 | BPF_ABS, 0),
		BPF_STMT(BPF_LD | BPF_W | 0xc0, 0),
		BPF_STMT(BPF_LDX | BPF_W | BPF_IND, 0),
		BPF_STMT(BPF_LD | BPF_MEM, 16),
		BPF_STMT(BPF_ST, 16),
		BPF_STMT(BPF_STX, UINT32_MAX),
		BPF_STMT(BPF_ALU | 0xf0, 0),
	};
	struct sock_filter insns[2] = {{}, BPF_STMT(BPF_RET | BPF_K, 1)};
	size_t i;
	int ret;

	for (i = 0; i < NR(wrong); i++) {
		insns[0] = wrong[i];
		if (text_of(insns, NR(insns), &ret) || ret != -EINVAL)
			fail_msg("row %zu: %d", i, ret);
	}
	assert_null(text_of(insns, 0, &ret));
	assert_int_equal(ret, -EINVAL);
	/* It does not end. */
	insns[0] = insns[1];
	insns[1] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 1);
	assert_null(text_of(insns, NR(insns), &ret));
	assert_int_equal(ret, -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_like_c),
		cmocka_unit_test(loads_behind_the_head_may_fail),
		cmocka_unit_test(bounds_each_loop),
		cmocka_unit_test(computes_as_libpcap),
		cmocka_unit_test(refuses_what_is_no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
