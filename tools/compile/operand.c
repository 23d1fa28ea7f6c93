// SPDX-License-Identifier: GPL-2.0
#include "compile/operand.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

static const char *const alu_ops[16] = {
	"+=",  "-=", "*=", "/=", "|=", "&=",   "<<=",
	">>=", NULL, "%=", "^=", "=",  "s>>=",
};

static const char *const jump_ops[16] = {
	NULL,  "==", ">",  ">=", "&",  "!=", "s>",
	"s>=", NULL, NULL, "<",	 "<=", "s<", "s<=",
};

static const char *const sizes[] = {"32", "16", "8", "64"};

/* A name for each helper that the headers of this build know. */
#define HELPER_NAME(x) [BPF_FUNC_##x] = #x
static const char *const helpers[] = {__BPF_FUNC_MAPPER(HELPER_NAME)};
#define NR_HELPERS ((int)(sizeof(helpers) / sizeof(helpers[0])))

const char *operand_helper(int nr)
{
	return nr > 0 && nr < NR_HELPERS ? helpers[nr] : NULL;
}

void operand_add(struct writer *w, const char *fmt, ...)
{
	size_t room = sizeof(w->out->s) - w->len;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(w->out->s + w->len, room, fmt, ap);
	va_end(ap);
	if (len > 0)
		w->len += (size_t)len < room ? (size_t)len : room - 1;
}

static void add_or_bad(struct writer *w, const char *word)
{
	if (word)
		operand_add(w, "%s", word);
	else
		w->is_bad = true;
}

static void add_target(struct writer *w)
{
	long long target;

	if (!insn_target(w->prog, w->at, &target)) {
		w->is_bad = true;
		return;
	}
	operand_add(w, "%lld", target);
	if (target < 0 || target >= (long long)w->prog->nr_insns)
		operand_add(w, " (outside)");
}

static void add_reg(struct writer *w, unsigned reg)
{
	unsigned class = BPF_CLASS(w->in->code);

	operand_add(w, "%c%u",
		    class == BPF_ALU || class == BPF_JMP32 ? 'w' : 'r', reg);
}

static void add_dst(struct writer *w)
{
	add_reg(w, w->in->dst_reg);
}

static void add_src(struct writer *w)
{
	add_reg(w, w->in->src_reg);
}

/* Swaps write the whole register, whatever their class. */
static void add_dst_whole(struct writer *w)
{
	operand_add(w, "r%u", w->in->dst_reg);
}

static void add_imm(struct writer *w)
{
	operand_add(w, insn_is_jump(w->in) ? "0x%x" : "%d", w->in->imm);
}

static void add_value(struct writer *w)
{
	if (BPF_SRC(w->in->code) == BPF_X)
		add_src(w);
	else
		add_imm(w);
}

static void add_swap_bits(struct writer *w)
{
	int bits = w->in->imm;

	w->is_bad |= bits != 16 && bits != 32 && bits != 64;
	operand_add(w, "%d", bits);
}

/* A division's off says that it is signed, a move's from how many bits. */
static void add_alu_op(struct writer *w)
{
	unsigned op = BPF_OP(w->in->code);
	int off = w->in->off;
	bool is_div = op == BPF_DIV || op == BPF_MOD;
	bool is_wide = op == BPF_MOV && BPF_SRC(w->in->code) == BPF_X && off;

	if (is_div && off == 1)
		operand_add(w, "s");
	else if (is_div && off)
		w->is_bad = true;
	add_or_bad(w, alu_ops[op >> 4]);
	if (!is_wide)
		return;
	w->is_bad |= off != 8 && off != 16 && off != 32;
	operand_add(w, " (s%d)", off);
}

static void add_jump_op(struct writer *w)
{
	add_or_bad(w, jump_ops[BPF_OP(w->in->code) >> 4]);
}

static void add_size(struct writer *w)
{
	unsigned size = BPF_SIZE(w->in->code);
	bool is_signed = BPF_MODE(w->in->code) == MODE_MEMSX &&
			 BPF_CLASS(w->in->code) == BPF_LDX;
	bool is_legacy = BPF_CLASS(w->in->code) == BPF_LD;

	w->is_bad |= size == BPF_DW && (is_signed || is_legacy);
	operand_add(w, "%c%s", is_signed ? 's' : 'u', sizes[size >> 3]);
}

static void add_memory(struct writer *w, unsigned base)
{
	operand_add(w, "(");
	add_size(w);
	operand_add(w, " *)(r%u %+d)", base, w->in->off);
}

static void add_memory_at_dst(struct writer *w)
{
	add_memory(w, w->in->dst_reg);
}

static void add_memory_at_src(struct writer *w)
{
	add_memory(w, w->in->src_reg);
}

static void add_map(struct writer *w, unsigned index)
{
	char name[IMAGE_NAME];

	if (index >= w->img->nr_maps || index >= IMAGE_MAPS) {
		operand_add(w, "map[#%u]", index);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", IMAGE_NAME - 1,
		 w->img->maps[index].name);
	text_clean(name, "");
	operand_add(w, "map[%s]", name);
}

static void add_imm64(struct writer *w)
{
	const struct bpf_insn *in = w->in;
	unsigned low = in[0].imm, high = in[1].imm;

	switch (in->src_reg) {
	case 0:
		operand_add(w, "0x%llx", (unsigned long long)high << 32 | low);
		break;
	case BPF_PSEUDO_MAP_FD:
		add_map(w, low);
		break;
	case BPF_PSEUDO_MAP_VALUE:
		add_map(w, low);
		operand_add(w, "+%u", high);
		break;
	case BPF_PSEUDO_FUNC:
		operand_add(w, "function ");
		add_target(w);
		break;
	default:
		w->is_bad = true;
	}
}

static void add_callee(struct writer *w)
{
	int nr = w->in->imm;

	if (w->in->src_reg == BPF_PSEUDO_CALL)
		add_target(w);
	else if (w->in->src_reg == BPF_PSEUDO_KFUNC_CALL)
		operand_add(w, "kernel-function#%d", nr);
	else if (w->in->src_reg)
		w->is_bad = true;
	else if (operand_helper(nr))
		operand_add(w, "bpf_%s#%d", operand_helper(nr), nr);
	else
		operand_add(w, "#%d", nr);
}

static void add_atomic_bits(struct writer *w)
{
	unsigned size = BPF_SIZE(w->in->code);

	w->is_bad |= size != BPF_W && size != BPF_DW;
	operand_add(w, "%s", size == BPF_DW ? "64" : "");
}

static void add_locked_memory(struct writer *w)
{
	unsigned size = BPF_SIZE(w->in->code);

	w->is_bad |= size != BPF_W && size != BPF_DW;
	operand_add(w, "*");
	add_memory_at_dst(w);
}

void (*const operands[26])(struct writer *w) = {
	['B' - 'A'] = add_atomic_bits,	 ['C' - 'A'] = add_jump_op,
	['D' - 'A'] = add_dst,		 ['E' - 'A'] = add_swap_bits,
	['F' - 'A'] = add_callee,	 ['I' - 'A'] = add_imm,
	['K' - 'A'] = add_locked_memory, ['L' - 'A'] = add_imm64,
	['M' - 'A'] = add_memory_at_dst, ['N' - 'A'] = add_memory_at_src,
	['O' - 'A'] = add_alu_op,	 ['R' - 'A'] = add_dst_whole,
	['S' - 'A'] = add_src,		 ['T' - 'A'] = add_target,
	['V' - 'A'] = add_value,	 ['Z' - 'A'] = add_size,
};
