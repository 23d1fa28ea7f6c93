// SPDX-License-Identifier: GPL-2.0
#include "compile/insn.h"

#include <ctype.h>
#include <string.h>

#include "compile/operand.h"

/* Younger than the headers of Debian 12. */
#define ATOMIC_LOAD_ACQ 0x100
#define ATOMIC_STORE_REL 0x110

bool insn_target(const struct image_prog *prog, size_t at, long long *target)
{
	const struct bpf_insn *in = prog->insns + at;
	unsigned op = BPF_OP(in->code);
	bool is_far = in->code == (BPF_JMP32 | BPF_JA);

	if (insn_is_imm64(in) && in->src_reg == BPF_PSEUDO_FUNC)
		is_far = true;
	else if (in->code == (BPF_JMP | BPF_CALL) &&
		 in->src_reg == BPF_PSEUDO_CALL)
		is_far = true;
	else if (!insn_is_jump(in) || op == BPF_CALL || op == BPF_EXIT)
		return false;
	*target = (long long)at + 1 + (is_far ? in->imm : in->off);
	return true;
}

static const struct {
	int imm;
	const char *form;
} atomics[] = {
	{BPF_ADD, "lock K += S"},
	{BPF_AND, "lock K &= S"},
	{BPF_OR, "lock K |= S"},
	{BPF_XOR, "lock K ^= S"},
	{BPF_ADD | BPF_FETCH, "S = atomicB_fetch_add(M, S)"},
	{BPF_AND | BPF_FETCH, "S = atomicB_fetch_and(M, S)"},
	{BPF_OR | BPF_FETCH, "S = atomicB_fetch_or(M, S)"},
	{BPF_XOR | BPF_FETCH, "S = atomicB_fetch_xor(M, S)"},
	{BPF_XCHG, "S = atomicB_xchg(M, S)"},
	{BPF_CMPXCHG, "r0 = atomicB_cmpxchg(M, r0, S)"},
	{ATOMIC_LOAD_ACQ, "D = load_acquire(N)"},
	{ATOMIC_STORE_REL, "store_release(M, S)"},
};

static const char *atomic_form(int imm)
{
	size_t i;

	for (i = 0; i < sizeof(atomics) / sizeof(atomics[0]); i++) {
		if (atomics[i].imm == imm)
			return atomics[i].form;
	}
	return NULL;
}

/* The first form whose CODE fits under MASK; its letters: see operand.c. */
static const struct {
	unsigned char mask;
	unsigned char code;
	const char *form;
} forms[] = {
	{0xff, BPF_ALU | BPF_NEG, "D = -D"},
	{0xff, BPF_ALU64 | BPF_NEG, "D = -D"},
	{0xff, BPF_ALU | BPF_END | BPF_TO_LE, "R = leE R"},
	{0xff, BPF_ALU | BPF_END | BPF_TO_BE, "R = beE R"},
	{0xff, BPF_ALU64 | BPF_END | BPF_TO_LE, "R = bswapE R"},
	{0x07, BPF_ALU, "D O V"},
	{0x07, BPF_ALU64, "D O V"},
	{0xe7, BPF_LDX | BPF_MEM, "D = *N"},
	{0xe7, BPF_LDX | MODE_MEMSX, "D = *N"},
	{0xe7, BPF_STX | BPF_MEM, "*M = S"},
	{0xe7, BPF_ST | BPF_MEM, "*M = I"},
	{0xff, BPF_LD | BPF_IMM | BPF_DW, "D = L"},
	{0xe7, BPF_LD | BPF_ABS, "r0 = *(Z *)skb[I]"},
	{0xe7, BPF_LD | BPF_IND, "r0 = *(Z *)skb[S + I]"},
	{0xff, BPF_JMP | BPF_JA, "goto T"},
	{0xff, BPF_JMP32 | BPF_JA, "gotol T"},
	{0xff, BPF_JMP | OP_JCOND, "may_goto T"},
	{0xff, BPF_JMP | BPF_CALL, "call F"},
	{0xff, BPF_JMP | BPF_CALL | BPF_X, "callx D"},
	{0xff, BPF_JMP | BPF_EXIT, "exit"},
	{0x07, BPF_JMP, "if D C V goto T"},
	{0x07, BPF_JMP32, "if D C V goto T"},
};

static const char *form_of(const struct bpf_insn *in)
{
	unsigned code = in->code;
	size_t i;

	if ((code & 0xe7) == (BPF_STX | BPF_ATOMIC))
		return atomic_form(in->imm);
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((code & forms[i].mask) == forms[i].code)
			return forms[i].form;
	}
	return NULL;
}

/* The second half of a 64-bit immediate holds nothing but its imm. */
static size_t slots_of(const struct image_prog *prog, size_t at)
{
	const struct bpf_insn *in = prog->insns + at;

	if (!insn_is_imm64(in))
		return 1;
	if (prog->nr_insns - at < 2 || in[1].code || in[1].dst_reg ||
	    in[1].src_reg || in[1].off)
		return 0;
	return 2;
}

static void add_raw(struct writer *w)
{
	unsigned char byte[sizeof(*w->in)];
	size_t i;

	memcpy(byte, w->in, sizeof(byte));
	operand_add(w, "raw");
	for (i = 0; i < sizeof(byte); i++)
		operand_add(w, " %02x", byte[i]);
}

static void add_form(struct writer *w, const char *form)
{
	for (; *form; form++) {
		if (isupper((unsigned char)*form))
			operands[*form - 'A'](w);
		else
			operand_add(w, "%c", *form);
	}
}

void insn_text(const struct image *img, const struct image_prog *prog,
	       size_t at, struct insn_text *out)
{
	struct writer w = {img, prog, at, prog->insns + at, out, 0, false};
	const char *form = form_of(w.in);
	size_t start;

	out->nr_slots = slots_of(prog, at);
	operand_add(&w, "(%02x) ", w.in->code);
	start = w.len;
	w.is_bad = !form || !out->nr_slots;
	if (!w.is_bad)
		add_form(&w, form);
	if (!w.is_bad)
		return;
	w.len = start;
	out->nr_slots = 1;
	add_raw(&w);
}
